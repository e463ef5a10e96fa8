"""An exporter inside the test's process, and its figures as Prometheus reads them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

import console.exporter.app
from console.local.network.ports import LOOPBACK, free_port
from shared.metrics import PREFIX
from tests.running import make_settings
from tests.waiting import eventually

# By name and labels' values.
Figures = Mapping[str, float]


def read(text: str) -> Figures:
    """Without our prefix: `queue_messages registry.events`."""
    return {
        sample.name.removeprefix(PREFIX) + "".join(f" {one}" for one in sample.labels.values()): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@asynccontextmanager
async def running_exporter(
    amqp_url: str, database_url: str, **settings: Any
) -> AsyncIterator[Callable[[], Awaitable[Figures]]]:
    """What scrapes it, once it listens, until the block ends."""
    listen = f"{LOOPBACK}:{free_port()}"
    made = make_settings(amqp_url, database_url, exporter_listen=listen, **settings)
    task = asyncio.ensure_future(console.exporter.app.run(made))
    async with aiohttp.ClientSession() as http:

        async def scrape() -> Figures:
            if task.done():
                task.result()
            try:
                async with http.get(f"http://{listen}/metrics") as response:
                    return read(await response.text())
            except aiohttp.ClientConnectorError:
                return {}

        try:
            await eventually(scrape)
            yield scrape
        finally:
            task.cancel()
            await asyncio.wait({task})
