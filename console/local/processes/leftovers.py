"""Processes of a run that was killed: noted in files, so that the next run can end them."""

import json
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from console.local.processes.family import Member, family, member, send, wait_until_gone

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_POLITE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class _Note:
    member: Member
    stop_signal: signal.Signals
    boot: str


def note(path: Path, pid: int, stop_signal: signal.Signals) -> None:
    one = member(pid)
    if one is not None:
        values = {"pid": pid, "started": one.started, "stop": int(stop_signal), "boot": _boot()}
        path.write_text(json.dumps(values))


def end(paths: Iterable[Path]) -> int:
    """Stop what the notes name, with all it started; return how many processes that were.

    Politely first: a broker that is killed may lose what it has not written yet.
    """
    notes = [one for path in paths if (one := _read(path)) is not None]
    left = {one for known in notes for one in family(known.member.pid)}
    for known in notes:
        send([known.member], known.stop_signal)
    send(wait_until_gone(left, seconds=_POLITE_SECONDS), signal.SIGKILL)
    wait_until_gone(left, seconds=10)
    return len(left)


def _read(path: Path) -> _Note | None:
    try:
        known = json.loads(path.read_text())
        noted = Member(int(known["pid"]), str(known["started"]))
        found = _Note(noted, signal.Signals(int(known["stop"])), str(known["boot"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    now = member(noted.pid)
    # Another process may have the number by now. Nobody has it: then its session may live on.
    return found if found.boot == _boot() and now in {None, noted} else None


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.exists() else ""
