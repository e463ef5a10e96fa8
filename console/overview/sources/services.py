"""What ingests and workers say of themselves, where their addresses are known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp

from console.overview.seen.service import Service
from console.overview.sources.account import read
from geo.registry import trust
from shared import faults

_SECONDS: Final = 2.0
_LONGEST: Final = 1_000_000


@asynccontextmanager
async def asking(
    urls: Sequence[str], ca_file: Path | None = None
) -> AsyncIterator[Callable[[], Awaitable[Sequence[Service]]]]:
    """What looks at `urls`, over connections that are closed at the end.

    Those with https may be vouched for by an authority of `ca_file` too.
    """
    try:
        tls = trust.context(ca_file)
    except trust.TrustError as error:
        yield partial(_unasked, urls, f"REGISTRY_EVENTS_CONSOLE_CA_FILE: {error}")
        return
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as http:
        yield partial(look, http, urls)


async def _unasked(urls: Sequence[str], why: str) -> Sequence[Service]:
    return [Service(url, fault=why) for url in urls]


async def look(http: aiohttp.ClientSession, urls: Sequence[str]) -> Sequence[Service]:
    """One for each of `urls`; never raises: one that does not answer says so."""
    return await asyncio.gather(*(_look(http, url) for url in urls))


def addresses(setting: str) -> Sequence[str]:
    """The URLs of REGISTRY_EVENTS_CONSOLE_SERVICES."""
    return [url.strip().rstrip("/") for url in setting.split(",") if url.strip()]


async def _look(http: aiohttp.ClientSession, url: str) -> Service:
    try:
        async with asyncio.timeout(_SECONDS):
            metrics, ready = await asyncio.gather(
                *(_get(http, f"{url}{path}") for path in ("/metrics", "/health/ready"))
            )
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return Service(url, fault=faults.in_words(error, seconds=_SECONDS))
    return read(url, metrics, ready)


async def _get(http: aiohttp.ClientSession, url: str) -> str:
    async with http.get(url, allow_redirects=False) as response:
        body = bytearray()
        # Not `read(n)`: it gives what has arrived so far, the half of the figures perhaps.
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > _LONGEST:
                raise ValueError(f"its answer is longer than {_LONGEST:,} bytes")
        return body.decode("utf-8", "replace")
