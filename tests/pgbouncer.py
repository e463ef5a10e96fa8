"""A PgBouncer that hands a connection of the database on after each transaction."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console.local.network.handshakes import postgres_accepts
from console.local.network.ports import LOOPBACK, free_port
from console.local.processes.process import Process, bare_environment
from console.local.report import to_stderr
from console.local.servers.place import Place, find_place
from console.local.servers.postgres import Postgres
from console.local.servers.server import Part, Server
from tests.programs import PGBOUNCER

_START_SECONDS: Final = 10
# Fewer than there are clients, so that what belongs to a session is soon another's. Nothing that
# the program's documentation does not ask for is set.
_CONFIGURATION: Final = """
[databases]
* = host={host} port={server} user=postgres
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
"""


class PgBouncer(Server):
    """Before `postgres`; `size` connections to each of its databases."""

    need = PGBOUNCER
    purposes = ("pgbouncer",)

    def __init__(self, directory: Path, postgres: Postgres, *, size: int = 3) -> None:
        super().__init__(take_port=free_port, say=to_stderr)
        self._directory, self._postgres, self._size = directory, postgres, size
        self._place: Place | None = None

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self._place:
            self._place.discard()

    def url(self, database: str) -> str:
        return re.sub(r":\d+/", f":{self.port}/", self._postgres.url(database))

    def _new_parts(self) -> Sequence[Part]:
        text = _CONFIGURATION.format(
            host=LOOPBACK, server=self._postgres.port, port=self.port, size=self._size
        )
        # Like the database it refuses to run as root.
        self._place = self._place or find_place(self._directory, say=self._say)
        file = self._place.directory / "pgbouncer.ini"
        file.write_text(text)
        process = Process(
            "PgBouncer",
            [PGBOUNCER.found(), file],
            self._directory / "pgbouncer.log",
            bare_environment(file.parent),
            file.parent,
            owner=self._place.owner,
        )
        return [Part(process, lambda: postgres_accepts(self.port), _START_SECONDS)]
