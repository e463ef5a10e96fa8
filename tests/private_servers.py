"""PostgreSQL and RabbitMQ that are shared with nobody: what is measured or broken needs its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Self

from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests import in_memory
from tests.databases import TEMPLATE, create_database, drop_database, make_template


@dataclass(frozen=True)
class PrivateServers:
    """`advanced` is the broker's file of that name."""

    advanced: ClassVar[str] = "[]."
    postgres: Postgres
    rabbitmq: RabbitMQ
    directory: Path

    @classmethod
    @contextmanager
    def started(cls, *, fast: bool = False) -> Iterator[Self]:
        """With the durability that they have by default, unless `fast`."""
        with place_of(fast=fast) as directory:
            (directory / "rabbitmq").mkdir()
            (directory / "rabbitmq" / "advanced.config").write_text(cls.advanced)
            with (
                Postgres(directory / "postgres", fast=fast) as postgres,
                RabbitMQ(directory / "rabbitmq", fast=fast) as rabbitmq,
            ):
                asyncio.run(make_template(postgres))
                yield cls(postgres, rabbitmq, directory)

    @asynccontextmanager
    async def urls(self, name: str) -> AsyncIterator[tuple[str, str]]:
        """Of a virtual host, and of a database with the current schema; they go with the block."""
        self.rabbitmq.create_vhost(name)
        await create_database(self.postgres, name, template=TEMPLATE)
        try:
            yield self.rabbitmq.url(name), self.postgres.url(name)
        finally:
            self.rabbitmq.delete_vhost(name)
            await drop_database(self.postgres, name)


@contextmanager
def place_of(*, fast: bool) -> Iterator[Path]:
    """Where they lie: on a disk, as an operator's do, unless they are to be `fast`."""
    if fast:
        with in_memory.directory() as place:
            yield place
        return
    with TemporaryDirectory(prefix="registry-events-") as name:
        # PostgreSQL refuses to run as root; whoever runs it instead must get in.
        Path(name).chmod(0o755)
        yield Path(name)
