"""A peer that sends nothing any more, not even heartbeats, is frozen or cut off.

aiormq waits for three heartbeats and more. RabbitMQ sends something at least once in each interval
(it looks twice in one whether anything was sent), so a quarter beyond it tells.
"""

import asyncio
from collections.abc import Callable
from typing import Final

_LOOKS: Final = 4
_SILENT: Final = 5


class Liveness:
    """Calls `on_silence` once, when nothing was heard for 1.25 to 1.5 `heartbeat` seconds.

    It counts looks and no time, since a process that was stopped itself has heard nothing either.
    """

    def __init__(self, heartbeat: float, on_silence: Callable[[], None]) -> None:
        self._pause = heartbeat / _LOOKS
        self._on_silence = on_silence
        self._heard = False
        self._silent = 0
        self._next: asyncio.TimerHandle | None = None

    def hear(self) -> None:
        self._heard = True

    def start(self) -> None:
        """There is nothing to look for if the interval is 0, which means no heartbeats."""
        if self._pause:
            self._next = asyncio.get_running_loop().call_later(self._pause, self._look)

    def stop(self) -> None:
        if self._next:
            self._next.cancel()

    def _look(self) -> None:
        self._silent = 0 if self._heard else self._silent + 1
        self._heard = False
        if self._silent == _SILENT:
            self._on_silence()
        else:
            self.start()
