"""Private servers for the whole run; a database and a virtual host for each test."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from console.local.network import ports
from console.local.packages.programs import REGISTRY, SKOPEO
from console.local.processes import interrupts
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests import in_memory
from tests.databases import TEMPLATE, create_database, drop_database, make_template
from tests.pairs import Pair, running_pair
from tests.programs import needed

_numbers = itertools.count(1)

# How long an example takes says something of the machine's load only.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

for _name in list(os.environ):
    # Settings of the machine that the tests run on are not the tests' settings.
    if _name.startswith("REGISTRY_EVENTS_") or _name in {"AMQP_URL", "DATABASE_URL", "COLUMNS"}:
        del os.environ[_name]

# Tests in a process beside this one take their ports from another part of the range.
_beside, _number = (
    int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
    int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")),
)
_share = (ports.HIGHEST - ports.LOWEST) // _beside
ports.LOWEST += _number * _share
ports.HIGHEST = ports.LOWEST + _share - 1


@pytest.fixture(autouse=True)
def ended_in_order() -> Iterator[None]:
    """Whoever ends the tests with SIGTERM ends the private servers too, as Ctrl-C does."""
    with interrupts.raised():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with in_memory.directory() as place, Postgres(place, fast=True) as server:
        asyncio.run(make_template(server))
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    with in_memory.directory() as place, RabbitMQ(place, fast=True) as server:
        yield server


@pytest.fixture
def amqp_url(rabbitmq: RabbitMQ) -> Iterator[str]:
    vhost = f"test-{next(_numbers)}"
    rabbitmq.create_vhost(vhost)
    yield rabbitmq.url(vhost)
    rabbitmq.delete_vhost(vhost)


@pytest.fixture
async def database_url(postgres: Postgres) -> AsyncIterator[str]:
    """A database with the current schema."""
    name = f"test_{next(_numbers)}"
    await create_database(postgres, name, template=TEMPLATE)
    yield postgres.url(name)
    await drop_database(postgres, name)


@pytest.fixture(scope="module")
def shared_urls(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[tuple[str, str]]:
    """A virtual host and a database of a module, whose tests do not disturb each other."""
    name = f"shared_{next(_numbers)}"
    rabbitmq.create_vhost(name)
    asyncio.run(create_database(postgres, name, template=TEMPLATE))
    yield rabbitmq.url(name), postgres.url(name)
    rabbitmq.delete_vhost(name)
    asyncio.run(drop_database(postgres, name))


@pytest.fixture
async def empty_database_url(postgres: Postgres) -> AsyncIterator[str]:
    name = f"empty_{next(_numbers)}"
    await create_database(postgres, name)
    yield postgres.url(name)
    await drop_database(postgres, name)


@pytest.fixture(scope="session")
def registry_programs() -> None:
    """A registry and skopeo: root gets them installed, for others the test is skipped."""
    needed(REGISTRY, SKOPEO)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with running_pair(tmp_path) as made:
        yield made
