"""Whether the database can be used: for the readiness of what records in it and reads from it."""

from typing import Final

from shared import faults, migrate
from shared.database import ERRORS, Pool, borrowed

# Within what siblings wait for each other.
_SECONDS: Final = 1.0


async def schema_fault(pool: Pool) -> str:
    """Why not, in words; empty if it can. Never raises."""
    try:
        async with borrowed(pool, seconds=_SECONDS) as connection:
            missing = await migrate.missing(connection)
    except migrate.MigrationError as error:
        return str(error)
    except ERRORS as error:
        return faults.in_words(error, seconds=_SECONDS)
    names = ", ".join(f"{one.version:04}_{one.name}" for one in missing)
    return f"migrations are missing: {names}; run registry-events migrate" if missing else ""
