"""The table `forward_outbox`: what is to be forwarded, written with what is recorded.

Tracking events have no order of commits that a reader could follow, so what a sink has yet to get
stands in rows of its own.
"""

from collections.abc import Sequence

from shared.database import Connection, as_json
from shared.forward_settings import Sink
from worker.tables.tracking_events import row
from worker.verdicts import Verdict

APPEND = """
INSERT INTO forward_outbox (sink, event)
SELECT sink, event FROM json_array_elements($2::json) AS event, unnest($1::text[]) AS sink
"""


async def append(
    connection: Connection, sinks: Sequence[Sink], verdicts: Sequence[Verdict]
) -> None:
    """One row for each event and sink, the whole event in it: retention may drop its own row."""
    await connection.execute(APPEND, list(sinks), as_json(map(row, verdicts)))
