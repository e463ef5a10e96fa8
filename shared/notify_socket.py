"""What systemd hears from a service of Type=notify, over the socket that it names.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import socket
from collections.abc import MutableMapping
from typing import Final, Self

from shared.text import printable

_LONGEST: Final = 500
_ABSTRACT: Final = "@"


class NotifySocket:
    """`watchdog` is within how many seconds it wants to hear of us each time; 0: never."""

    def __init__(self, path: str, watchdog: float = 0.0) -> None:
        self._path = f"\0{path[1:]}" if path.startswith(_ABSTRACT) else path
        self.watchdog = watchdog

    @classmethod
    def taken(cls, environment: MutableMapping[str, str]) -> Self | None:
        """Out of the environment, so that no child speaks for us; None if nobody listens."""
        path = environment.pop("NOTIFY_SOCKET", "")
        microseconds = environment.pop("WATCHDOG_USEC", "")
        environment.pop("WATCHDOG_PID", None)
        if not path.startswith(("/", _ABSTRACT)):
            return None
        is_number = microseconds.isascii() and microseconds.isdecimal()
        return cls(path, int(microseconds) / 1_000_000 if is_number else 0.0)

    def tell(self, **said: str) -> bool:
        """Whether systemd has it. Never waits: one that reads nothing just now is told later."""
        lines = "\n".join(f"{name}={printable(text, _LONGEST)}" for name, text in said.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
                own.sendto(lines.encode(), socket.MSG_DONTWAIT, self._path)
        except OSError:
            return False
        return True
