"""Processes of a run that was killed: noted in files, so that the next run can end them."""

import json
import signal
from collections.abc import Iterable
from pathlib import Path

from console.local.family import Member, family, member, send, wait_until_gone

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def note(path: Path, pid: int) -> None:
    one = member(pid)
    if one is not None:
        path.write_text(json.dumps({"pid": pid, "started": one.started, "boot": _boot()}))


def end(notes: Iterable[Path]) -> int:
    """Kill what the notes name, with all it started; return how many processes that were."""
    left: set[Member] = set()
    for path in notes:
        left |= _read(path)
    send(left, signal.SIGKILL)
    wait_until_gone(left, seconds=10)
    return len(left)


def _read(path: Path) -> set[Member]:
    try:
        known = json.loads(path.read_text())
        noted, boot = Member(int(known["pid"]), str(known["started"])), str(known["boot"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    now = member(noted.pid)
    # Another process may have the number by now. Nobody has it: then its session may live on.
    if boot != _boot() or now not in {None, noted}:
        return set()
    return family(noted.pid)


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.exists() else ""
