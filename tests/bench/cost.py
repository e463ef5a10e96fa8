"""What processes cost, by the kernel's accounts."""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from console.local.processes.family import family

_BUSY: Final = 0.1
_LOOK: Final = 0.3
_LONGEST_REST: Final = 10.0

Costs = Mapping[str, float]


def cpu_seconds(pid: int) -> float:
    """Of the process and all that belong to it; children that have ended count in their parent."""
    return sum(map(_own_cpu, family(pid)))


def _own_cpu(one: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        spent = one.cpu_times()
        return spent.user + spent.system + spent.children_user + spent.children_system
    return 0.0


def peak_megabytes(pid: int) -> float:
    """The most resident memory that the process ever had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def difference(after: Costs, before: Costs) -> dict[str, float]:
    return {name: cost - before.get(name, 0.0) for name, cost in after.items()}


async def resting(pids: Iterable[int]) -> None:
    """Wait until the processes are nearly idle: servers tidy up after work is done."""
    pids = list(pids)
    deadline = time.monotonic() + _LONGEST_REST
    spent = sum(map(cpu_seconds, pids))
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK)
        before, spent = spent, sum(map(cpu_seconds, pids))
        if spent - before < _BUSY * _LOOK:
            return
