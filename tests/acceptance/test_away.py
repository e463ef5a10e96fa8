"""Every command and every page answers in words, soon, whichever server is away and however."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial

import pytest

from console.cli import main
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from tests import in_memory
from tests.acceptance import asked, asked_pages
from tests.acceptance.asked import COMMANDS, Place, commands
from tests.acceptance.asked_pages import PAGES, has_noticed, pages, signed_in
from tests.consoles import Visitor
from tests.outages import OUTAGES, SETTINGS, Outage
from tests.waiting import eventually


def test_no_command_is_forgotten() -> None:
    assert set(commands(main)) == COMMANDS.keys()


def test_no_page_is_forgotten() -> None:
    assert pages() == PAGES.keys()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("away")
    with (
        in_memory.directory() as data,
        Postgres(data / "postgres", fast=True) as database,
        RabbitMQ(data / "rabbitmq", fast=True) as broker,
    ):
        urls = {"AMQP_URL": broker.url(), "DATABASE_URL": database.url("events")}
        with Place.filled(directory, broker, database, urls) as made:
            yield made


# To a command of its own, a port that swallows is a frozen server.
TOLD_APART = {name: one for name, one in OUTAGES.items() if one.kind != "swallows"}


@pytest.mark.parametrize("outage", TOLD_APART.values(), ids=TOLD_APART)
async def test_every_command_answers(place: Place, outage: Outage) -> None:
    await asked.answered(place, outage)


@pytest.fixture
async def console(place: Place, outage: Outage) -> AsyncIterator[tuple[Visitor, str]]:
    """One whose server went away under it, and that has noticed; and that server's URL."""
    async with AsyncExitStack() as stack:
        begun = partial(outage.begun, place.broker, place.database, place.urls)
        url = place.urls[SETTINGS[outage.server]]
        if outage.kind != "frozen":
            url = stack.enter_context(begun())
        urls = {**place.urls, SETTINGS[outage.server]: url}
        visitor = await stack.enter_async_context(signed_in(urls))
        if outage.kind == "frozen":
            stack.enter_context(begun())
        await eventually(partial(has_noticed, visitor, outage.server))
        yield visitor, url


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_every_page_answers(outage: Outage, console: tuple[Visitor, str]) -> None:
    visitor, url = console
    await asked_pages.answered(visitor, outage, url)
