"""One transaction: what is recorded otherwise than the rules say now is set right."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from shared import rollup
from shared.database import Connection, Pool, transaction
from shared.event import Event
from shared.settings import CatalogueMode
from worker.renames import repository_renames
from worker.replay import changed_actions
from worker.replay.comparison import compare
from worker.replay.standing import Creating, Otherwise, Rules
from worker.tables import geo_events, received_events
from worker.verdicts import id_scope

GEO_EVENT: Final = "geo event"


class Correction:
    """Corrects recorded events, beside workers and other replays, once.

    Locks are taken in the order of the recorder's: the renames' table, events, creations, the geo
    counter. Rows are compared again when they are locked.
    """

    def __init__(self, pool: Pool, rules: Rules, *, seconds: float) -> None:
        self._pool = pool
        self._rules = rules
        self._seconds = seconds

    async def correct(self, events: Sequence[Event]) -> Counter[str]:
        """What was set right: actions as they are now, and geo events that were missing.

        `events` are supported and recorded. Raises what asyncpg raises.
        """
        is_registered = self._rules.mode is CatalogueMode.REGISTER
        first = repository_renames.BESIDE_OTHERS if is_registered else ""
        async with transaction(self._pool, seconds=self._seconds, first=first) as connection:
            events = await received_events.as_dated(connection, events)
            await _lock(connection, events)
            creating = Creating(self._rules.mode)
            compared = await compare(connection, events, self._rules, creating)
            return await _set_right(connection, compared.otherwise)


LOCK = """
SELECT FROM tracking_events AS event
JOIN unnest($1::timestamptz[], $2::text[], $3::text[]) AS key (occurred_at, event_id, id_scope)
    USING (occurred_at, event_id, id_scope)
ORDER BY occurred_at, event_id, id_scope FOR UPDATE OF event
"""


async def _lock(connection: Connection, events: Sequence[Event]) -> None:
    keys = sorted({(one.timestamp, one.id, id_scope(one)) for one in events})
    await connection.execute(LOCK, *zip(*keys, strict=True))


async def _set_right(connection: Connection, found: Sequence[Otherwise]) -> Counter[str]:
    corrected: Counter[str] = Counter()
    changed = [one for one in found if one.action != one.row.action or one.claims]
    if changed:
        await changed_actions.change(connection, changed)
        corrected.update(one.action.value for one in changed)
        await rollup.count_again(connection, min(one.row.recorded_at for one in changed))
    lacking = [one for one in found if one.lacks_geo]
    if lacking:
        # The last statement: its lock ends with the transaction.
        await geo_events.append(connection, [_geo_row(one) for one in lacking])
        corrected[GEO_EVENT] += len(lacking)
    return corrected


def _geo_row(one: Otherwise) -> geo_events.Row:
    """Of the repository that the event is recorded of."""
    repository_id = one.row.container_repository_id
    return geo_events.row(replace(one.verdict, container_repository_id=repository_id))
