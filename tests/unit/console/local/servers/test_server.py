"""A private server starts whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from console.local.network.ports import free_port
from console.local.packages.programs import Need
from console.local.processes.family import family, is_alive
from console.local.processes.process import Process
from console.local.report import LocalError
from console.local.servers.server import Part, Server


class Lame(Server):
    """Its second process ends at once; `seen` is what ran before that."""

    need = Need("a shell", "dash", lambda: Path("/bin/sh"))
    purposes = ("clients", "others")

    def __init__(self, directory: Path) -> None:
        super().__init__(take_port=free_port, say=lambda _: None)
        self.directory = directory
        self.seen: set[psutil.Process] = set()

    def _new_parts(self) -> Sequence[Part]:
        first = Process("the first", ["sleep", "600"], self.directory / "first.log")
        second = Process("the second", ["sh", "-c", "exit 3"], self.directory / "second.log")

        def is_there() -> bool:
            self.seen = family(first.pid or 0)
            return bool(self.seen)

        return [Part(first, is_there, 30), Part(second, lambda: False, 30)]


def test_what_has_started_ends_when_the_rest_does_not_start(tmp_path: Path) -> None:
    server = Lame(tmp_path)
    with pytest.raises(LocalError, match="the second ended with exit code 3"), server:
        pytest.fail("it is said to be ready")
    assert server.seen
    assert not [one for one in server.seen if is_alive(one)]
    assert [process.name for process in server.processes] == ["the second", "the first"]
