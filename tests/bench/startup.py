"""How long a short command takes, beside an interpreter that does nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers

_RUNS_A_ROUND: Final = 4
_NOTHING: Final = (sys.executable, "-c", "pass")
# Milliseconds that nobody minds to wait.
_AIMS: Final = {
    "--help": 400,
    "dead-letters --help": 400,
    "config show": 400,
    "status": 1_000,
    "dead-letters summary": 1_000,
}


async def measure(servers: Servers, scale: Scale) -> Section:
    """The best of several runs: what else the machine does makes a run slower only."""
    async with servers.place() as place:
        urls = {"AMQP_URL": place.amqp_url, "DATABASE_URL": place.database_url}
        environment = {**os.environ, **urls}
        # As installed, its modules are compiled.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        best = _best(scale.rounds * _RUNS_A_ROUND, environment)
    figures = [
        Figure(words, contender, "ms", (value,), is_cost=True)
        for words in _AIMS
        for contender, value in ((OURS, best[words]), ("python -c pass", best[""]))
    ]
    aims = [Aim(words, limit=most) for words, most in _AIMS.items()]
    return Section("a command, ms to its end", figures, _NOTE, aims)


_NOTE: Final = "Commands: the best of several runs each, with nothing in the queues."


def _best(runs: int, environment: Mapping[str, str]) -> Mapping[str, float]:
    commands: dict[str, Sequence[str]] = {"": _NOTHING}
    commands |= {words: (sys.executable, "-m", "console", *words.split()) for words in _AIMS}
    for command in commands.values():
        # The first one declares the topology, and its modules are not in the file cache.
        _milliseconds(command, environment)
    return {
        words: min(_milliseconds(command, environment) for _ in range(runs))
        for words, command in commands.items()
    }


def _milliseconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000
