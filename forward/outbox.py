"""What waits for a sink: taken in batches that nobody else takes meanwhile."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.database import Connection
from shared.forward_settings import Sink


class Held(NamedTuple):
    """A row that this transaction has locked; `event` is its JSON."""

    id: int
    event: str


TAKE = """
SELECT id, event::text FROM forward_outbox
WHERE sink = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
"""


async def take(connection: Connection, sink: Sink, most: int) -> Sequence[Held]:
    """Up to `most` rows, oldest first, of those that no other forwarder has in hand."""
    return [Held(*row) for row in await connection.fetch(TAKE, sink, most)]


DELETE = "DELETE FROM forward_outbox WHERE sink = $1 AND id = ANY($2::bigint[])"


async def delete(connection: Connection, sink: Sink, held: Sequence[Held]) -> None:
    await connection.execute(DELETE, sink, [one.id for one in held])


REFUSE = """
WITH gone AS (
    DELETE FROM forward_outbox WHERE sink = $1 AND id = $2 RETURNING sink, id, event, recorded_at
)
INSERT INTO forward_refused (sink, id, event, recorded_at, cause) SELECT gone.*, $3 FROM gone
"""


async def refuse(connection: Connection, sink: Sink, held: Held, cause: str) -> None:
    """Keep it apart, with `cause`, so that it holds up no other."""
    await connection.execute(REFUSE, sink, held.id, cause)


PUT_BACK = """
WITH again AS (
    DELETE FROM forward_refused WHERE sink = ANY($1::text[]) RETURNING sink, id, event, recorded_at
)
INSERT INTO forward_outbox (sink, event, recorded_at)
SELECT sink, event, recorded_at FROM again ORDER BY id RETURNING sink
"""


async def put_back(connection: Connection, sinks: Sequence[Sink]) -> int:
    """Let what `sinks` refused wait for them again; how many those are."""
    return len(await connection.fetch(PUT_BACK, list(sinks)))
