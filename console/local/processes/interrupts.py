"""Ctrl-C and SIGTERM: raised where that is safe, put off while a process is being started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Mode(Enum):
    RAISE = auto()
    HOLD = auto()
    IGNORE = auto()


class _State:
    mode = _Mode.RAISE
    pending = False


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    if _State.mode is _Mode.RAISE:
        raise KeyboardInterrupt
    _State.pending = _State.mode is _Mode.HOLD


@contextmanager
def raised() -> Iterator[None]:
    """Each of the signals raises KeyboardInterrupt in the block."""
    before = {number: signal.signal(number, _on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held() -> Iterator[None]:
    """Inside `raised`: an interruption waits for the end of the block.

    Between the fork of a child and the note of its number it would leave the child behind.
    """
    before, _State.mode = _State.mode, _Mode.HOLD if _State.mode is _Mode.RAISE else _State.mode
    try:
        yield
    finally:
        _State.mode = before
    if _State.pending and before is _Mode.RAISE:
        _State.pending = False
        raise KeyboardInterrupt


@contextmanager
def ignored() -> Iterator[None]:
    """Inside `raised`: an impatient second Ctrl-C must not stop the stopping."""
    before, _State.mode = _State.mode, _Mode.IGNORE
    try:
        yield
    finally:
        _State.mode = before
