"""Numbered SQL migrations, applied once, in order, by whoever comes first."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import asyncpg

from shared.database import Connection

# Any number that no other program in the database takes; held until the transaction ends.
_LOCK: Final = 7_235_871_004
# For one of them, and for the others who wait meanwhile: tables can be large.
_SECONDS: Final = 3_600
_NAME: Final = re.compile(r"(\d{4})_(\w+)\.sql")


class MigrationError(Exception):
    """The schema cannot be brought up to date; says which migration and why."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> tuple[Migration, ...]:
    """The migrations that this program comes with, in order."""
    found = [
        Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))
        for file in (files("shared") / "migrations").iterdir()
        if (match := _NAME.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


async def migrate(connection: Connection) -> Sequence[Migration]:
    """Apply what is missing, all or nothing, and return it.

    Others who migrate at the same time wait and then find nothing to do. Raises MigrationError.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK, timeout=_SECONDS)
        to_apply = await missing(connection)
        for migration in to_apply:
            await _apply(connection, migration)
        return to_apply


RECORD = "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)"


async def _apply(connection: Connection, migration: Migration) -> None:
    try:
        await connection.execute(migration.sql, timeout=_SECONDS)
    except asyncpg.PostgresError as error:
        raise MigrationError(f"{migration.version:04}_{migration.name}: {error}") from error
    await connection.execute(RECORD, migration.version, migration.name, migration.checksum)


async def missing(connection: Connection) -> Sequence[Migration]:
    """The shipped migrations that this database does not have yet. Raises MigrationError."""
    return pending(await applied(connection), shipped())


LEDGER_EXISTS = "SELECT to_regclass('schema_migrations') IS NOT NULL"
APPLIED = "SELECT version, checksum FROM schema_migrations"


async def applied(connection: Connection) -> Mapping[int, str]:
    """The checksums of what this database has, by version. Raises MigrationError."""
    if not await connection.fetchval(LEDGER_EXISTS):
        return {}
    try:
        rows = await connection.fetch(APPLIED)
    except asyncpg.UndefinedColumnError:
        raise MigrationError(
            "schema_migrations belongs to another program: give registry-events a database of its "
            "own, or a schema (?options=-csearch_path%3Dregistry_events)"
        ) from None
    return {row["version"]: row["checksum"] for row in rows}


def pending(applied: Mapping[int, str], known: Sequence[Migration]) -> Sequence[Migration]:
    """What of `known` is not applied. Newer ones of a newer program are none of our business.

    Raises MigrationError if an applied one was changed afterwards.
    """
    for migration in known:
        if applied.get(migration.version, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"{migration.version:04}_{migration.name} is applied with another content: "
                "an applied migration is never edited, a new one mends it"
            )
    return [migration for migration in known if migration.version not in applied]
