"""A connection's bytes, cut into frames: those of messages go to a tap, all others to aiormq."""

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from shared.amqp import frames

# Of what aiormq has not read yet.
_LIMIT: Final = 2**16
# Seconds; far below any heartbeat.
_SIGN_OF_LIFE: Final = 0.5


class Tap(Protocol):
    """Who gets the frames of one channel before aiormq does, and hears when it may write."""

    def take(self, kind: int, payload: bytes) -> bool:
        """Whether the frame is dealt with; if not, it goes on to aiormq."""

    def flush(self) -> None:
        """All that came with one read is taken."""

    def resume(self) -> None:
        """The connection takes more again."""


class Reader(asyncio.StreamReader):
    def __init__(self, taps: Mapping[int, Tap]) -> None:
        super().__init__(limit=_LIMIT)
        self._taps = taps
        self._rest = b""
        self._clock = asyncio.get_running_loop().time
        self._shown = 0.0
        self._is_unheard = True
        self._has_ended = False

    @property
    def is_cut_unheard(self) -> bool:
        """Whether the peer has ended the connection, without a frame and without a reason."""
        is_cut = self._has_ended or isinstance(self.exception(), ConnectionError)
        return self._is_unheard and is_cut

    def feed_data(self, data: bytes) -> None:  # type: ignore[override]  # asyncio feeds bytes
        if self._rest:
            data = self._rest + data
        others: list[bytes] = []
        whole = 0
        for kind, channel, start, end in frames.cut(data):
            tap = self._taps.get(channel)
            if tap is None or not tap.take(kind, data[start:end]):
                others.append(data[whole : end + 1])
            whole = end + 1
        self._rest = data[whole:]
        self._is_unheard = self._is_unheard and not whole
        if others:
            super().feed_data(b"".join(others))
        elif whole:
            self._show_life()
        for tap in tuple(self._taps.values()):
            tap.flush()

    def _show_life(self) -> None:
        """Aiormq measures the time since the last frame that it saw."""
        now = self._clock()
        if now - self._shown > _SIGN_OF_LIFE:
            self._shown = now
            super().feed_data(frames.HEARTBEAT)

    def feed_eof(self) -> None:
        """Called twice by asyncio, at the peer's end and when the connection is lost."""
        self._has_ended = True
        rest, self._rest = self._rest, b""
        if rest:
            super().feed_data(rest)
        super().feed_eof()
