"""One load on one server, and what it cost there."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from console.local.network.ports import LOOPBACK
from ingest.notifications import PATHS
from tests.bench import cost
from tests.bench.figures import Figure
from tests.bench.ingests import Target
from tests.bench.load import Load, Seen
from tests.running import EVENTS_TYPE, TOKEN

_GRACE: Final = 30.0
_HEAD: Final = (
    f"POST {PATHS[0]} HTTP/1.1\r\nHost: {LOOPBACK}\r\nUser-Agent: Go-http-client/1.1\r\n"
    f"Content-Length: %d\r\nAuthorization: Bearer {TOKEN}\r\n"
    f"Content-Type: {EVENTS_TYPE}\r\nAccept-Encoding: gzip\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """`cpu`: the server's microseconds a request."""

    seen: Seen
    cpu: float


def cell(target: Target, load: Load) -> Cell:
    """From a process of its own. Raises CalledProcessError if the server breaks off."""
    before = cost.cpu_seconds(target.pid)
    wanted = json.dumps(asdict(replace(load, port=target.port, head=_HEAD)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", wanted],
        stdout=subprocess.PIPE,
        check=True,
        timeout=load.seconds + _GRACE,
    )
    seen = Seen(**json.loads(done.stdout))
    return Cell(seen, (cost.cpu_seconds(target.pid) - before) / seen.answered * 1e6)


def figures(case: str, contender: str, cells: Sequence[Cell]) -> list[Figure]:
    """Measures `CASE: ...` of alternating rounds."""
    refused = sum(one.seen.refused for one in cells)
    note = f"{refused:,} were not answered 200" if refused else ""
    rates = tuple(one.seen.per_second for one in cells)
    return [
        Figure(f"{case}: requests/s", contender, "requests/s", rates, note=note),
        Figure(f"{case}: p50 ms", contender, "ms", tuple(c.seen.p50 for c in cells), is_cost=True),
        Figure(f"{case}: p99 ms", contender, "ms", tuple(c.seen.p99 for c in cells), is_cost=True),
        Figure(
            f"{case}: server CPU µs/request",
            contender,
            "µs",
            tuple(one.cpu for one in cells),
            is_cost=True,
        ),
    ]
