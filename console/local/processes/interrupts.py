"""Ctrl-C and SIGTERM: raised where that is safe, put off while a process is being started."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOCK: Final = threading.Lock()


class _State:
    """`holders`: how many blocks put it off, in whichever threads."""

    holders = 0
    is_ignored = False
    is_pending = False


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    if _State.is_ignored:
        return
    if not _State.holders:
        raise KeyboardInterrupt
    _State.is_pending = True


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
    """Inside `raised`: an interruption waits for the end of the block, and of others beside it.

    Between the fork of a child and the note of its number it would leave the child behind.
    """
    with _LOCK:
        _State.holders += 1
    try:
        yield
    finally:
        with _LOCK:
            _State.holders -= 1
    if _State.is_pending and not _State.holders:
        _State.is_pending = False
        # Whichever thread this is, it is the main one that is interrupted.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def ignored() -> Iterator[None]:
    """Inside `raised`: an impatient second Ctrl-C must not stop the stopping."""
    before, _State.is_ignored = _State.is_ignored, True
    try:
        yield
    finally:
        _State.is_ignored = before
