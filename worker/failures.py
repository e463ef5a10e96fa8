"""Whose fault an error is: the one place where errors of recording are told apart."""

import asyncio
from typing import Final

import asyncpg

# SQLSTATE classes (https://www.postgresql.org/docs/current/errcodes-appendix.html) that the content
# of a row can cause: cardinality, data, integrity, program limits, and a trigger's RAISE. All
# others speak of the server, its schema, its disk or other transactions.
_CLASSES_OF_EVENTS: Final = frozenset({"21", "22", "23", "54", "P0"})


def is_outage(error: Exception) -> bool:
    """Whether the database is to blame, so that the same batch may succeed later.

    If not, one of the batch's events is to blame, or the program: trying again does not help the
    batch, finding the event does.
    """
    match error:
        # A row that waited for a default partition while its own was made, which is no constraint
        # that has a name.
        case asyncpg.CheckViolationError(
            table_name="tracking_events_default" | "geo_events_default", constraint_name=None
        ):
            return True
        case asyncpg.PostgresError():
            return (error.sqlstate or "")[:2] not in _CLASSES_OF_EVENTS
        case asyncpg.exceptions.ClientConfigurationError():
            return True
        case asyncpg.InterfaceError():
            # asyncpg's own check of a value is an InterfaceError that is a ValueError too.
            return not isinstance(error, ValueError)
        case asyncpg.InternalClientError() | OSError() | asyncio.IncompleteReadError():
            return True
        case _:
            return False
