"""Private servers with default durability, and a fresh virtual host and database each time."""

import itertools
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from console.local.processes.process import Process
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests.bench import cost
from tests.databases import TEMPLATE, create_database, drop_database, make_template
from tests.running import TOKEN

_ROOT: Final = Path(__file__).parents[2]
# Statistics as seldom as in production.
_BROKER_DEFAULTS: Final = """\
[{rabbit, [{collect_statistics_interval, 5000}]}].
"""
_PREFIX: Final = "registry-events-bench-"


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


@dataclass(slots=True)
class Servers:
    postgres: Postgres
    rabbitmq: RabbitMQ
    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator[Self]:
        with (
            _directory() as directory,
            Postgres(directory / "postgres", fast=False) as postgres,
            RabbitMQ(directory / "rabbitmq") as rabbitmq,
        ):
            await make_template(postgres)
            yield cls(postgres, rabbitmq, directory)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        name = f"bench_{next(self._numbers)}"
        self.rabbitmq.create_vhost(name)
        await create_database(self.postgres, name, template=TEMPLATE)
        try:
            yield Place(
                self.rabbitmq.url(name), self.postgres.url(name), self.directory / "log" / name
            )
        finally:
            self.rabbitmq.delete_vhost(name)
            await drop_database(self.postgres, name)

    async def rest(self, others: Sequence[Process] = ()) -> None:
        """Wait until broker and database have tidied up, and `others` have nothing to do."""
        await cost.resting(_pids([*self.postgres.processes, *self.rabbitmq.processes, *others]))

    def cpu_seconds(self) -> dict[str, float]:
        return {
            "Postgres": sum(map(cost.cpu_seconds, _pids(self.postgres.processes))),
            "broker": sum(map(cost.cpu_seconds, _pids(self.rabbitmq.processes))),
        }


@contextmanager
def _directory() -> Iterator[Path]:
    with TemporaryDirectory(prefix=_PREFIX) as name:
        directory = Path(name)
        # PostgreSQL refuses to run as root; whoever runs it instead must get in.
        directory.chmod(0o755)
        (directory / "rabbitmq").mkdir()
        (directory / "rabbitmq" / "advanced.config").write_text(_BROKER_DEFAULTS)
        yield directory


def _pids(processes: Sequence[Process]) -> list[int]:
    return [process.pid for process in processes if process.pid]
