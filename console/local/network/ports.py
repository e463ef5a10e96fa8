"""Free high ports on the loopback interface."""

import json
import random
import socket
from collections.abc import Callable
from pathlib import Path

from console.local.report import LocalError

LOOPBACK = "127.0.0.1"
# Above every default port, and below the kernel's range for outgoing connections (from 32768),
# so that a server finds its port again after a restart.
LOWEST, HIGHEST = 20_001, 32_767
_ATTEMPTS = 1_000

TakePort = Callable[[str], int]

_taken: set[int] = set()


def is_free(port: int) -> bool:
    """Asked by binding: the list of those that listen is not everybody's to read everywhere."""
    with socket.socket() as probe:
        # As servers do: a port that only lingers in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(_purpose: str = "") -> int:
    """Never the same port twice in one process, as its server may not listen yet."""
    for _ in range(_ATTEMPTS):
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - spreads parallel runs, guards nothing
        if port not in _taken and is_free(port):
            _taken.add(port)
            return port
    raise OSError(f"no free port between {LOWEST} and {HIGHEST}")


def require_free(*ports: int) -> None:
    """Raises LocalError: otherwise another server's answer would pass for that of ours."""
    for port in ports:
        if not is_free(port):
            raise LocalError(f"port {port} is in use by another program")


class PortBook:
    """Ports by purpose, kept in a file so that the next run takes the same ones if it can."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, purpose: str) -> int:
        known = self._read()
        port = known.get(purpose)
        if not isinstance(port, int) or port in _taken or not is_free(port):
            port = free_port(purpose)
        _taken.add(port)
        self._path.write_text(json.dumps({**known, purpose: port}, indent=1) + "\n")
        return port

    def _read(self) -> dict[str, object]:
        try:
            known = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}
