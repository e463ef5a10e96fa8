"""The table `reconcile_runs`: when a registry was compared, and what was found."""

from dataclasses import dataclass
from typing import Final

from shared.database import Pool

BEGIN: Final = "INSERT INTO reconcile_runs (source, registry) VALUES ($1, $2) RETURNING id"


async def begin(pool: Pool, source: str, registry: str) -> int:
    """The row's id; it stays as it is if the run is killed."""
    number: int = await pool.fetchval(BEGIN, source, registry)
    return number


@dataclass(slots=True)
class Run:
    """What a run has come to; fields are columns."""

    repositories: int = 0
    tags: int = 0
    unrecorded: int = 0
    moved: int = 0
    gone: int = 0
    filled_in: int = 0
    failures: int = 0
    error: str = ""


FINISH: Final = """
UPDATE reconcile_runs
SET finished_at = statement_timestamp(), repositories = $2, tags = $3, unrecorded = $4, moved = $5,
    gone = $6, filled_in = $7, failures = $8, error = $9
WHERE id = $1
"""
FORGET: Final = """
DELETE FROM reconcile_runs
WHERE source = $1 AND started_at < statement_timestamp() - interval '1 year'
"""


async def finish(pool: Pool, number: int, source: str, run: Run) -> None:
    columns = (run.repositories, run.tags, run.unrecorded, run.moved, run.gone)
    await pool.execute(FINISH, number, *columns, run.filled_in, run.failures, run.error)
    await pool.execute(FORGET, source)
