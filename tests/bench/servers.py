"""Private servers with default durability, and a fresh virtual host and database each time."""

import itertools
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from console.local.processes.process import Process
from tests.bench import cost
from tests.private_servers import PrivateServers
from tests.running import TOKEN

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one measurement happens; nobody else uses it."""

    amqp_url: str
    database_url: str
    directory: Path

    @contextmanager
    def running(self, module: str, *arguments: str, **settings: str) -> Iterator[Process]:
        """`python -m module` with this place's servers in its environment."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_EVENTS_")}
        process = Process(
            name=module,
            command=[sys.executable, "-m", module, *arguments],
            log=self.directory / f"{module}.log",
            environment={
                **inherited,
                "AMQP_URL": self.amqp_url,
                "DATABASE_URL": self.database_url,
                "REGISTRY_EVENTS_TOKENS": TOKEN,
                **settings,
            },
            directory=_ROOT,
        )
        process.start()
        try:
            yield process
        finally:
            process.stop()


@dataclass(frozen=True)
class Servers(PrivateServers):
    # Statistics as seldom as in production.
    advanced = "[{rabbit, [{collect_statistics_interval, 5000}]}]."
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        name = f"bench_{next(self._numbers)}"
        async with self.urls(name) as (amqp_url, database_url):
            yield Place(amqp_url, database_url, self.directory / "log" / name)

    async def rest(self, others: Sequence[Process] = ()) -> None:
        """Wait until broker and database have tidied up, and `others` have nothing to do."""
        await cost.resting(_pids([*self.postgres.processes, *self.rabbitmq.processes, *others]))

    def cpu_seconds(self) -> dict[str, float]:
        return {
            "Postgres": sum(map(cost.cpu_seconds, _pids(self.postgres.processes))),
            "broker": sum(map(cost.cpu_seconds, _pids(self.rabbitmq.processes))),
        }


def _pids(processes: Sequence[Process]) -> list[int]:
    return [process.pid for process in processes if process.pid]
