"""Processes of a run that was killed: noted in files, so that the next run can end them."""

import json
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from console.local.processes.family import family, send, wait_until_gone

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_POLITE_SECONDS = 20


def note(path: Path, pid: int, stop_signal: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        values = {"pid": pid, "started": _started(pid), "stop": int(stop_signal), "boot": _boot()}
        path.write_text(json.dumps(values))


def end(paths: Iterable[Path]) -> int:
    """Stop what the notes name, with all it started; return how many processes that were.

    Politely first: a broker that is killed may lose what it has not written yet.
    """
    noted = dict(known for path in paths if (known := _read(path)) is not None)
    left = {one for pid in noted for one in family(pid)}
    for one in left:
        if one.pid in noted:
            send([one], noted[one.pid])
    send(wait_until_gone(left, seconds=_POLITE_SECONDS), signal.SIGKILL)
    wait_until_gone(left, seconds=10)
    return len(left)


def _read(path: Path) -> tuple[int, signal.Signals] | None:
    """A number that is still the noted process's, and how to stop that."""
    try:
        known = json.loads(path.read_text())
        pid, stop_signal = int(known["pid"]), signal.Signals(int(known["stop"]))
        ours = known["boot"] == _boot() and _started(pid) == known["started"]
    except psutil.NoSuchProcess:
        # Nobody has the number: then its session may live on.
        ours = True
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (pid, stop_signal) if ours else None


def _started(pid: int) -> float:
    """Seconds from the boot, which setting the clock does not change."""
    return round(psutil.Process(pid).create_time() - psutil.boot_time(), 2)


def _boot() -> str:
    return _BOOT.read_text().strip() if _BOOT.exists() else str(psutil.boot_time())
