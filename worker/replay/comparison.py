"""Kept events beside what is recorded of them. Reads only, and keeps nobody waiting."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.database import Connection
from shared.event import Event
from shared.settings import CatalogueMode
from worker.replay import recorded_rows
from worker.replay.recorded_rows import Dropped, is_of
from worker.replay.standing import Creating, Otherwise, Row, Rules
from worker.tables import catalogue, conflicting_events, received_events
from worker.verdicts import (
    Catalogue,
    EventKey,
    Verdict,
    event_key,
    judge,
    once_each,
    repository_key,
)

_TRACKING: Final = "tracking_events"
_GEO: Final = "geo_events"


@dataclass(slots=True)
class Compared:
    """How events stand; `missing` are the actions that are not recorded, one for each event.

    `recorded` are as they should be; `conflicting` ones have the key of another event, `expired`
    ones went with their partition, `repeated` ones are there twice.
    """

    recorded: int = 0
    missing: list[str] = field(default_factory=list)
    otherwise: list[Otherwise] = field(default_factory=list)
    conflicting: int = 0
    expired: int = 0
    repeated: int = 0


async def compare(
    connection: Connection, events: Sequence[Event], rules: Rules, creating: Creating
) -> Compared:
    """Of supported events. Raises what asyncpg raises."""
    compared = Compared()
    renames = [event for event in events if event.renamed_to]
    if renames:
        await _compare_renames(connection, renames, compared)
    others = [event for event in events if not event.renamed_to]
    if not others:
        return compared
    others = list(await received_events.as_dated(connection, others))
    there = await _resolve(connection, others, rules.mode)
    verdicts, repeated = once_each(judge(others, there))
    compared.repeated += len(repeated)
    conflicts, unrecorded = await conflicting_events.find(connection, verdicts)
    compared.conflicting = len(conflicts)
    gone = await recorded_rows.dropped(connection)
    for verdict in unrecorded:
        if is_of(gone.get(_TRACKING), verdict.event.timestamp):
            compared.expired += 1
        else:
            compared.missing.append(creating.of_missing(verdict, there))
    known = _all_but(verdicts, (*conflicts, *unrecorded))
    otherwise = await _otherwise(connection, known, rules, creating, gone.get(_GEO))
    compared.otherwise = otherwise
    compared.recorded += len(known) - len(otherwise)
    return compared


RENAMES = "SELECT event_id FROM repository_renames WHERE event_id = ANY($1::text[])"


async def _compare_renames(
    connection: Connection, renames: Sequence[Event], compared: Compared
) -> None:
    once = {one.id: one for one in renames}
    known = {row["event_id"] for row in await connection.fetch(RENAMES, list(once))}
    compared.recorded += len(known)
    compared.repeated += len(renames) - len(once)
    compared.missing += [event.action for name, event in once.items() if name not in known]


async def _resolve(
    connection: Connection, events: Sequence[Event], mode: CatalogueMode
) -> Catalogue:
    if mode is CatalogueMode.LOOKUP:
        return await catalogue.look_up(connection, set(map(repository_key, events)))
    return await catalogue.find(connection, events)


async def _otherwise(
    connection: Connection,
    verdicts: Sequence[Verdict],
    rules: Rules,
    creating: Creating,
    gone: Dropped | None,
) -> list[Otherwise]:
    """Those of `verdicts`, which are recorded, that are not as they should be."""
    rows = await recorded_rows.tracked(connection, [event_key(one.event) for one in verdicts])
    creations = await recorded_rows.creations(connection, rows.values())
    of_geo = dict(_with_geo(verdicts, rows, gone)) if rules.geo_enabled else {}
    lacking = await recorded_rows.without_geo(connection, of_geo)
    found = []
    for verdict in verdicts:
        if not (row := rows.get(key := event_key(verdict.event))):
            continue
        action, claims = creating.of_recorded(verdict, row, creations)
        if action != row.action or claims or key in lacking:
            found.append(Otherwise(verdict, row, action, claims, key in lacking))
    return found


def _with_geo(
    verdicts: Sequence[Verdict], rows: Mapping[EventKey, Row], gone: Dropped | None
) -> Iterator[tuple[EventKey, Row]]:
    """Which of them belong to geo events that are kept still.

    One without a repository had no row in the catalogue when it was recorded.
    """
    for verdict in verdicts:
        row = rows.get(key := event_key(verdict.event))
        is_placed = row is not None and row.container_repository_id is not None
        if row and is_placed and verdict.geo and not is_of(gone, row.recorded_at):
            yield key, row


def _all_but(verdicts: Sequence[Verdict], others: Collection[Verdict]) -> Sequence[Verdict]:
    keys = {event_key(one.event) for one in others}
    return [one for one in verdicts if event_key(one.event) not in keys]
