"""Erlang's port mapper, by which the nodes of a cluster find each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from console.local.network.handshakes import port_opens
from console.local.network.ports import LOOPBACK, TakePort
from console.local.packages.programs import EPMD, RABBITMQ
from console.local.processes.process import Process, bare_environment
from console.local.report import Say
from console.local.servers.server import Part, Server

_START_SECONDS = 10


def part(port: int, log: Path, directory: Path) -> Part:
    """On loopback only: started by a broker it would outlive it, and listen on every interface."""
    command = (EPMD.found(), "-port", str(port), "-address", LOOPBACK)
    process = Process("epmd", command, log, bare_environment(directory), directory)
    return Part(process, lambda: port_opens(port), _START_SECONDS)


class PortMapper(Server):
    """That of a whole cluster, which outlives each of its nodes."""

    need = RABBITMQ
    purposes: ClassVar[Sequence[str]] = ("epmd",)

    def __init__(self, directory: Path, *, take_port: TakePort, say: Say) -> None:
        super().__init__(take_port=take_port, say=say)
        self._directory = directory

    def _new_parts(self) -> Sequence[Part]:
        return [part(self.port, self._directory / "log" / "epmd.log", self._directory)]
