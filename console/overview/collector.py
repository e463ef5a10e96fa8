"""Collecting what can be seen, again and again, each part within its own deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from console.overview.flow import Flow, History
from console.overview.seen.broker import LastKnown
from console.overview.seen.service import Service
from console.overview.snapshot import Snapshot
from console.overview.sources import database
from console.overview.sources.broker import BrokerLook
from console.overview.sources.oldest_dead import LARGEST_IN_PASSING, OldestDead, in_passing
from console.overview.verdict import Verdict, judge
from console.words.away import ANSWER
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.settings import Settings

# What services say of themselves; never raises.
Ask = Callable[[], Awaitable[Sequence[Service]]]


@dataclass(frozen=True, slots=True)
class Overview:
    """One look at everything, and what to make of it."""

    snapshot: Snapshot
    flow: Flow
    verdict: Verdict


class Collector:
    """Takes an `Overview` at a time; rates come from what it saw in the last seconds."""

    def __init__(
        self, settings: Settings, pool: Pool, ask: Ask, oldest_dead: OldestDead, zone: tzinfo
    ) -> None:
        url, keeps = secret(settings.amqp_url), bool(settings.keep)
        self._broker = BrokerLook(url, settings.shards, keeps=keeps)
        self._database_url = secret(settings.database_url)
        self._sinks = settings.forward
        self.oldest_dead = oldest_dead
        self._pool, self._ask = pool, ask
        self._history = History()
        self._zone = zone
        self._broker_known: LastKnown | None = None
        self._database_known: datetime | None = None

    async def collect(self) -> Overview:
        """Never raises; takes a few seconds at most, when something does not answer."""
        broker, rows, processes = await asyncio.gather(
            self._broker.look(),
            database.look(self._pool, self._database_url, self._sinks),
            self._ask(),
        )
        taken = datetime.now(UTC)
        snapshot = Snapshot(
            taken=taken,
            at=time.monotonic(),
            broker=self._history.steady(broker),
            database=rows,
            services=processes,
            oldest_dead=self.oldest_dead.age(broker.dead, taken),
            broker_known=self._broker_known,
            database_known=self._database_known,
        )
        self._remember(snapshot)
        flow = self._history.add(snapshot)
        return Overview(snapshot, flow, judge(snapshot, flow, self._zone))

    def _remember(self, snapshot: Snapshot) -> None:
        if not snapshot.broker.fault:
            self._broker_known = LastKnown(snapshot.taken, snapshot.ready, snapshot.dead)
        if not snapshot.database.fault:
            self._database_known = snapshot.taken

    async def close(self) -> None:
        await self.oldest_dead.known()
        await self._broker.close()


@asynccontextmanager
async def collecting(
    settings: Settings, oldest_dead: OldestDead | None = None, *, zone: tzinfo = UTC
) -> AsyncIterator[Collector]:
    """A collector with connections of its own, which are closed at the end.

    `zone` is that of the moments which its findings name.
    """
    oldest_dead = oldest_dead or OldestDead(
        in_passing(secret(settings.amqp_url)), largest=LARGEST_IN_PASSING
    )
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            new_pool(
                settings,
                url=secret(settings.database_url),
                application="registry-events console",
                connect=ANSWER,
            )
        )
        ask = await stack.enter_async_context(
            _asking(settings.console_services, settings.console_ca_file)
        )
        collector = Collector(settings, pool, ask, oldest_dead, zone)
        stack.push_async_callback(collector.close)
        yield collector


@asynccontextmanager
async def _asking(addresses: str, ca_file: Path | None) -> AsyncIterator[Ask]:
    if not addresses:
        yield _nobody
        return
    from console.overview.sources import services  # noqa: PLC0415  many know none; HTTP imports for long

    async with services.asking(services.addresses(addresses), ca_file) as ask:
        yield ask


async def _nobody() -> Sequence[Service]:
    return ()
