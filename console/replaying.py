"""Replaying kept events: two passes over the stream, one to look and one to record."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from console.database import database_errors, reading
from console.dead_letters.errors import naming
from console.errors import UnusableError
from console.words import away
from shared.amqp import wire
from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from shared.amqp.errors import broker_errors
from shared.amqp.nodes import Nodes
from shared.configuration import secret
from shared.database import Pool, new_pool
from shared.event import Event
from shared.settings import Settings
from worker.recorder import Recorder
from worker.replay.difference import Difference, Done
from worker.replay.kept_events import KeptEvents
from worker.replay.look import Look
from worker.replay.replay import Replay
from worker.replay.standing import Rules

_NAME: Final = "registry-events replay"
_HEARTBEAT: Final = 10
# A transaction may take this many times the deadline of one statement.
_STATEMENTS: Final = 2

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events: kept from `since` until `until`, if that is given, of a source and of paths."""

    since: datetime
    until: datetime | None = None
    source: str | None = None
    repository: str = "*"

    def wants(self, event: Event) -> bool:
        is_of_source = self.source is None or event.origin.source == self.source
        return is_of_source and fnmatchcase(event.repository, self.repository)

    def kept(self, settings: Settings, now: datetime) -> KeptEvents:
        """Raises UnusableError."""
        if self.since >= (self.until or now):
            raise UnusableError("--since is not before --until, or now")
        return KeptEvents(since=self.since, until=self.until, batch_size=settings.worker_batch_size)


async def look(settings: Settings, kept: KeptEvents, asked: Asked, report: Report) -> Difference:
    """Raises DatabaseAwayError, BrokerAwayError, NothingKeptError."""
    async with _servers(settings) as (pool, channel):
        looking = Look(pool, _rules(settings), asked.wants, seconds=_seconds(settings))
        await _each(kept, channel, looking.add, report)
        return looking.difference


async def replay(
    settings: Settings, kept: KeptEvents, asked: Asked, done: Done, report: Report
) -> None:
    """Add to what is done, until an error too. Raises the same, but waits for the database."""
    seconds = _seconds(settings)
    async with _servers(settings) as (pool, channel):
        rules = _rules(settings)
        recorder = Recorder(
            pool,
            mode=rules.mode,
            geo_enabled=rules.geo_enabled,
            sinks=settings.forward,
            seconds=seconds,
        )
        recording = Replay(pool, rules, recorder, done, seconds=seconds)
        await _each(kept, channel, partial(recording.record, asked.wants), report)


async def _each(
    kept: KeptEvents,
    channel: Channel,
    act: Callable[[Sequence[Delivery]], Awaitable[None]],
    report: Report,
) -> None:
    count = 0
    async for batch in kept.batches(channel):
        await act(batch)
        count += len(batch)
        report(count)


def _rules(settings: Settings) -> Rules:
    return Rules(settings.catalogue_mode, settings.geo_enabled)


def _seconds(settings: Settings) -> float:
    return _STATEMENTS * settings.database_timeout


@asynccontextmanager
async def _servers(settings: Settings) -> AsyncIterator[tuple[Pool, Channel]]:
    """The database first: what is missing of it is said at once."""
    database, broker = secret(settings.database_url), secret(settings.amqp_url)
    plug = wire.Wire()
    nodes = Nodes(broker, heartbeat=_HEARTBEAT)
    async with AsyncExitStack() as stack:
        stack.enter_context(database_errors(database))
        opening = new_pool(settings, url=database, application=_NAME, connect=away.ANSWER)
        pool = await stack.enter_async_context(opening)
        async with reading(pool) as connection:
            await connection.execute("SELECT FROM tracking_events LIMIT 1")
        stack.enter_context(naming(broker))
        connecting = wire.connected(nodes, name=_NAME, seconds=away.ANSWER, wire=plug)
        outer = await broker_errors(
            (await stack.enter_async_context(connecting)).channel(), away.ANSWER
        )
        yield pool, await Channel.of(outer, plug)
