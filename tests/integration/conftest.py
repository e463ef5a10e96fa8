from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.consoles import Visitor, running_console
from tests.factories import make_envelope, make_event
from tests.running import running_pipeline


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def onlooker(shared_urls: tuple[str, str]) -> AsyncIterator[Visitor]:
    """As `visitor`, for those tests of a module that change nothing."""
    async with running_pipeline(*shared_urls, workers=0) as pipeline:
        await pipeline.post(make_envelope(make_event("push", "")))
    async with running_console(*shared_urls, writable=True) as console:
        yield console


@pytest.fixture
async def visitor(amqp_url: str, database_url: str) -> AsyncIterator[Visitor]:
    """Of a console that may write, with one dead letter."""
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.post(make_envelope(make_event("push", "")))
    async with running_console(amqp_url, database_url, writable=True) as console:
        yield console
