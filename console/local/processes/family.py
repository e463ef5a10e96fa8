"""Which processes belong to one of ours: its descendants and the members of its session."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil


def is_alive(one: psutil.Process) -> bool:
    """A zombie counts as ended: under a first process that reaps nothing it stays for ever.

    But not before its last thread: until then it keeps its ports and files.
    """
    try:
        return one.is_running() and (one.status() != psutil.STATUS_ZOMBIE or one.num_threads() > 1)
    except psutil.NoSuchProcess:
        return False


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(pid: int) -> set[psutil.Process]:
    """Every process that belongs to `pid`, itself included.

    Descendants, as PostgreSQL's backends and Erlang's port programs start their own session; and
    members of its session, as one whose parent has died is nobody's descendant.
    """
    found: set[psutil.Process] = set()
    for number in psutil.pids():
        with suppress(psutil.NoSuchProcess, OSError):
            if number == pid or os.getsid(number) == pid:
                one = psutil.Process(number)
                found |= {one, *one.children(recursive=True)}
    return found


def send(members: Iterable[psutil.Process], number: signal.Signals) -> None:
    for one in members:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(number)


def wait_until_gone(members: Iterable[psutil.Process], *, seconds: float) -> set[psutil.Process]:
    """Return who is still alive after `seconds`.

    Not by `psutil.wait_procs`, which takes the exit codes of children from their Popen, and takes
    a zombie that nobody reaps for alive.
    """
    deadline = time.monotonic() + seconds
    left = {one for one in members if is_alive(one)}
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {one for one in left if is_alive(one)}
    return left
