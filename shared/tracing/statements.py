"""A span for each statement that is run within another span; its values are never in it.

Names and attributes: https://opentelemetry.io/docs/specs/semconv/database/.
"""

import re
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final

from asyncpg.connection import LoggedQuery
from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span

_WRITES: Final = re.compile(r"\b(INSERT) INTO (\w+)|\b(UPDATE) (\w+)|\b(DELETE) FROM (\w+)")
# A function's result is no table.
_READS: Final = re.compile(r"\b(SELECT)\b.*?\bFROM (\w+)\b(?!\s*\()", re.DOTALL)
# Named by themselves, whatever else stands in the same text.
_ALONE: Final = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})
_NANOSECONDS: Final = 1_000_000_000


def traced_by(tracer: Tracer) -> Callable[[Any], Awaitable[None]]:
    """What a pool calls with each new connection, as its `init`."""

    def tell(statement: LoggedQuery) -> None:
        # Called in the context of who ran it, whose span may have ended in between.
        if not get_current_span().get_span_context().trace_flags.sampled:
            return
        ended = time.time_ns()
        span = tracer.start_span(
            name_of(statement.query),
            kind=SpanKind.CLIENT,
            start_time=ended - round(statement.elapsed * _NANOSECONDS),
            attributes={"db.system.name": "postgresql", "db.query.text": statement.query.strip()},
        )
        if statement.exception:
            # Its text may quote what was to be written.
            span.set_attribute("error.type", type(statement.exception).__name__)
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    async def init(connection: Any) -> None:  # noqa: ANN401  asyncpg's stubs and pool differ
        connection.add_query_logger(tell)

    return init


@lru_cache
def name_of(query: str) -> str:
    """What is done, and to which table if it says one: `INSERT tracking_events`."""
    word = query.split(None, 1)[0].rstrip(";").upper() if query.strip() else "query"
    found = (_WRITES.search(query) or _READS.search(query)) if word not in _ALONE else None
    return " ".join(filter(None, found.groups())) if found else word
