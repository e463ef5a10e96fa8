"""What services tell systemd, heard in its place."""

import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_CREDENTIALS: Final = struct.Struct("3i")
_LARGEST: Final = 4096


@dataclass
class Systemd:
    """`path` is for NOTIFY_SOCKET; `said` is each datagram so far, in order."""

    path: str
    own: socket.socket
    said: list[Mapping[str, str]] = field(default_factory=list)
    senders: set[int] = field(default_factory=set)

    def hear(self) -> None:
        """What has come since."""
        while True:
            try:
                data, told, _, _ = self.own.recvmsg(
                    _LARGEST, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_DONTWAIT
                )
            except BlockingIOError:
                return
            self.senders.add(_CREDENTIALS.unpack(told[0][2])[0])
            lines = [line.partition("=") for line in data.decode().split("\n")]
            self.said.append({name: text for name, _, text in lines})

    def count(self, name: str) -> int:
        self.hear()
        return sum(name in one for one in self.said)

    async def has(self, name: str, text: str) -> bool:
        """Whether `name` was said, with something that begins with `text`."""
        self.hear()
        return any(one.get(name, "\0").startswith(text) for one in self.said)

    def pings_since(self, status: str) -> int:
        """How often it went on since the last status that begins so."""
        self.hear()
        begun = [n for n, one in enumerate(self.said) if one.get("STATUS", "").startswith(status)]
        return sum("WATCHDOG" in one for one in self.said[begun[-1] :])


@contextmanager
def systemd(path: Path | str) -> Iterator[Systemd]:
    """Listens at a path, or at an abstract name that begins with @."""
    name = str(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        own.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        yield Systemd(name, own)


def abstract() -> str:
    return f"@registry-events-{os.getpid()}"
