"""Senders that behave like a registry: each repeats a notification until it is taken."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp

from console.local.network.ports import LOOPBACK
from ingest.notifications import PATHS
from tests.drills.chance import CHANCE
from tests.drills.ledger import ACCEPTED, Ledger
from tests.factories import make_envelope, make_event
from tests.running import EVENTS_TYPE, TOKEN

Events = Sequence[dict[str, Any]]

_UNAVAILABLE = 503
_PAUSE = 0.02
_BEFORE_REPEATING = 0.1
_MOST_TRIES = 2000


def pushes() -> Events:
    """One to three pushes to one of fifty repositories, a tagged one among them now and then."""
    repository = f"team/app-{CHANCE.randrange(50)}"
    return [
        make_event(repository=repository, target={"tag": "v1"} if CHANCE.random() < 0.3 else None)
        for _ in range(CHANCE.choice((1, 1, 1, 3)))
    ]


@dataclass
class Sender:
    """Posts to any of `ports` and keeps the ledger."""

    http: aiohttp.ClientSession
    ledger: Ledger
    ports: Sequence[int]

    async def post(self, events: Events) -> str:
        """The status of the answer, or the name of the error that came instead of it.

        A 503 that does not say when to come again is a kind of its own.
        """
        self.ledger.offer(events)
        answer = await self._answer(make_envelope(*events))
        self.ledger.note(events, answer)
        return answer

    async def post_until_taken(self, events: Events) -> None:
        for _ in range(_MOST_TRIES):
            if await self.post(events) == ACCEPTED:
                return
            await asyncio.sleep(_BEFORE_REPEATING)
        raise AssertionError(f"not taken in {_MOST_TRIES} tries: {self.ledger.answers}")

    async def _answer(self, body: bytes) -> str:
        url = f"http://{LOOPBACK}:{CHANCE.choice(self.ports)}{PATHS[0]}"
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": EVENTS_TYPE}
        try:
            async with self.http.post(url, data=BytesIO(body), headers=headers) as response:
                await response.read()
                if response.status == _UNAVAILABLE and "Retry-After" not in response.headers:
                    return f"{_UNAVAILABLE} without Retry-After"
                return str(response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__


@asynccontextmanager
async def opened_http(patience: float) -> AsyncIterator[aiohttp.ClientSession]:
    """A connection for each request, as a registry makes it."""
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        yield http


@asynccontextmanager
async def under_load(
    sender: Sender, *, senders: int = 8, make: Callable[[], Events] = pushes
) -> AsyncIterator[None]:
    """Notifications for as long as the block runs; each is taken in the end, unless it raises."""
    ended = asyncio.Event()

    async def send() -> None:
        while not ended.is_set():
            await sender.post_until_taken(make())
            await asyncio.sleep(_PAUSE)

    tasks = [asyncio.ensure_future(send()) for _ in range(senders)]
    try:
        yield
        ended.set()
        await asyncio.gather(*tasks)
    finally:
        # A drill that failed has perhaps left its fault, with which nothing is ever taken.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
