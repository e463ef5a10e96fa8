"""A second PostgreSQL that follows a first, and may take its place."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from console.local.network.ports import LOOPBACK
from console.local.packages.programs import POSTGRES
from console.local.processes.process import Process, bare_environment
from console.local.report import to_stderr
from console.local.servers.place import Place, find_place
from console.local.servers.postgres import Postgres
from console.local.servers.server import Part
from tests.waiting import eventually

_COPY_SECONDS = 120
# Nothing is confirmed that it does not have: what it has not got is lost with the first one.
_WAIT_FOR_IT = "ALTER SYSTEM SET synchronous_standby_names = '*'"
_WAIT_FOR_NOBODY = "ALTER SYSTEM RESET synchronous_standby_names"
_RELOAD = "SELECT pg_reload_conf()"
_IS_FOLLOWED = "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')"
_PROMOTE = "SELECT pg_promote(wait_seconds => 60)"


class Standby(Postgres):
    """A copy of `first`, made when it starts, to which `first` streams what it writes."""

    def __init__(self, directory: Path, first: Postgres) -> None:
        super().__init__(directory, fast=True)
        self._first = first

    async def promote(self) -> None:
        assert await _ask(self, _PROMOTE)

    @asynccontextmanager
    async def waited_for(self) -> AsyncIterator[None]:
        """`first` confirms what this one has, until the block ends."""
        await _ask(self._first, _WAIT_FOR_IT)
        await _ask(self._first, _RELOAD)

        async def is_followed() -> bool:
            return bool(await _ask(self._first, _IS_FOLLOWED))

        await eventually(is_followed)
        try:
            yield
        finally:
            await _ask(self._first, _WAIT_FOR_NOBODY)
            await _ask(self._first, _RELOAD)

    def _new_parts(self) -> Sequence[Part]:
        self._place = self._place or find_place(self._wanted, say=to_stderr)
        if not (self._place.directory / "data").exists():
            self._copy(self._place)
        return super()._new_parts()

    def _copy(self, place: Place) -> None:
        data = place.directory / "data"
        process = Process(
            name="pg_basebackup",
            command=[
                *(POSTGRES.found() / "pg_basebackup", "--pgdata", data, "--write-recovery-conf"),
                *("--host", LOOPBACK, "--port", str(self._first.port), "--username", "postgres"),
                *("--wal-method", "stream", "--checkpoint", "fast", "--no-sync"),
            ],
            log=self._wanted / "basebackup.log",
            environment=bare_environment(place.directory),
            directory=place.directory,
            owner=place.owner,
        )
        process.start()
        process.finish(seconds=_COPY_SECONDS)


async def _ask(server: Postgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
