"""An interruption never falls between the start of a child and the note of its number."""

import signal
import threading

import pytest

from console.local.processes import interrupts
from tests.waiting import DEADLINE


def test_a_signal_interrupts() -> None:
    with interrupts.raised(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_it_waits_while_held() -> None:
    reached: list[str] = []
    with interrupts.raised(), pytest.raises(KeyboardInterrupt):
        interrupted_while_held(reached)
    assert reached == ["end of the block"]


def interrupted_while_held(reached: list[str]) -> None:
    with interrupts.held():
        signal.raise_signal(signal.SIGINT)
        reached.append("end of the block")


def test_blocks_of_several_threads_may_overlap() -> None:
    """As several nodes of a broker that are started at once."""
    begun, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with interrupts.held():
            begun.set()
            assert ended.wait(DEADLINE)

    with interrupts.raised():
        thread = threading.Thread(target=hold)
        with interrupts.held():
            thread.start()
            assert begun.wait(DEADLINE)
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            let_go(thread, ended)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def let_go(thread: threading.Thread, ended: threading.Event) -> None:
    """It is raised here, when the other thread's block has ended."""
    ended.set()
    thread.join(DEADLINE)
    pytest.fail("nothing was raised")


def test_it_is_ignored_while_stopping() -> None:
    with interrupts.raised(), interrupts.ignored():
        signal.raise_signal(signal.SIGHUP)
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_restored() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with interrupts.raised():
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
