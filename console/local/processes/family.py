"""Which processes belong to one of ours: its descendants and the members of its session."""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_ZOMBIE = "Z"


@dataclass(frozen=True, slots=True)
class Member:
    """A process; its start time tells it from a later one with the same number."""

    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class _Entry:
    member: Member
    state: str
    parent: int
    session: int


def _entry(pid: int) -> _Entry | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The command's name stands in parentheses and may itself hold spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    return _Entry(Member(pid, fields[19]), fields[0], int(fields[1]), int(fields[3]))


def _entries() -> list[_Entry]:
    if not _PROC.is_dir():
        return []
    pids = [int(path.name) for path in _PROC.iterdir() if path.name.isdecimal()]
    return [entry for pid in pids if (entry := _entry(pid)) is not None]


def member(pid: int) -> Member | None:
    entry = _entry(pid)
    return entry.member if entry else None


def is_alive(one: Member) -> bool:
    """A zombie counts as ended: under a first process that reaps nothing it stays for ever.

    But not before its last thread: until then it keeps its ports and files.
    """
    entry = _entry(one.pid)
    if entry is None or entry.member != one:
        return False
    return entry.state != _ZOMBIE or _has_threads(one.pid)


def is_zombie(pid: int) -> bool:
    entry = _entry(pid)
    return entry is not None and entry.state == _ZOMBIE


def _has_threads(pid: int) -> bool:
    try:
        return len(list((_PROC / str(pid) / "task").iterdir())) > 1
    except OSError:
        return False


def family(pid: int) -> set[Member]:
    """Every process that belongs to `pid`, itself included; empty where there is no /proc.

    Descendants, as PostgreSQL's backends and Erlang's port programs start their own session; and
    members of its session, as one whose parent has died is nobody's descendant.
    """
    entries = _entries()
    found = {pid}
    while True:
        more = {e.member.pid for e in entries if e.parent in found or e.session == pid} - found
        if not more:
            break
        found |= more
    return {entry.member for entry in entries if entry.member.pid in found}


def send(members: Iterable[Member], number: signal.Signals) -> None:
    for one in members:
        if is_alive(one):
            _send_one(one.pid, number)


def _send_one(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_until_gone(members: Iterable[Member], *, seconds: float) -> set[Member]:
    """Return who is still alive after `seconds`."""
    deadline = time.monotonic() + seconds
    left = {one for one in members if is_alive(one)}
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {one for one in left if is_alive(one)}
    return left
