"""A private PostgreSQL server."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from console.local.network.handshakes import postgres_accepts
from console.local.network.ports import LOOPBACK, TakePort, free_port
from console.local.packages.programs import POSTGRES
from console.local.processes.process import Process, bare_environment
from console.local.report import Say, to_stderr
from console.local.servers import cluster
from console.local.servers.place import Place, find_place
from console.local.servers.server import Part, Server

_START_SECONDS = 30
_MAX_SOCKET_PATH = 100
# Commits stay synchronous: the kernel then has them, and they survive `kill()`.
_FAST = {"fsync": "off", "full_page_writes": "off"}


class Postgres(Server):
    """Keeps data, socket and log in `directory`.

    Root must run it as another user. Where that user cannot reach `directory`, data and socket lie
    in a temporary directory: `say` is told, and after a `with` it is removed if `fast`, which also
    gives up durability across a crash of the machine (not of the server).
    """

    need = POSTGRES
    purposes = ("postgres",)

    def __init__(
        self,
        directory: Path,
        *,
        fast: bool,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        super().__init__(take_port=take_port, say=say)
        self._wanted = directory
        self._fast = fast
        self._place: Place | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{LOOPBACK}:{self.port}/{database}"

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self._place and self._fast:
            self._place.discard()

    def _new_parts(self) -> Sequence[Part]:
        self._place = self._place or find_place(self._wanted, say=self._say)
        cluster.initialise(self._place, fast=self._fast, log=self._wanted / "initdb.log")
        process = self._new_process(self._place)
        return [Part(process, lambda: postgres_accepts(self.port), _START_SECONDS)]

    def _new_process(self, place: Place) -> Process:
        socket_path = os.fsencode(place.directory / f".s.PGSQL.{self.port}")
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            # The kernel limits the path of a socket; TCP is enough where it is too long.
            "unix_socket_directories": str(place.directory)
            if len(socket_path) < _MAX_SOCKET_PATH
            else "",
            "max_connections": "200",
            **(_FAST if self._fast else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Process(
            name="PostgreSQL",
            command=[POSTGRES.found() / "postgres", "-D", place.directory / "data", *options],
            log=self._wanted / "postgres.log",
            environment=bare_environment(place.directory),
            directory=place.directory,
            owner=place.owner,
            stop_signal=signal.SIGINT,
        )
