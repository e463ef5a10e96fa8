"""What counting a pull costs, beside recording a push, in one database by turns."""

import time
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from shared.database import new_pool
from shared.event import Event
from shared.settings import CatalogueMode
from tests.bench import events
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.scale import Scale
from tests.bench.servers import Servers
from tests.running import make_settings
from worker.pulls.counter import PullCounter
from worker.recorder import Recorder

_BATCH: Final = 500
_PUSHES: Final = "pushes recorded"
_MEASURE: Final = "events/s"
_NOTE: Final = """\
Batches of 500 into one database, by turns, without the broker, of 50 repositories with five tags
each. A push is a row of its own, a pull some bytes that say it was counted, and its share of a
counter's row."""


class _Records(Protocol):
    async def record(self, events: Sequence[Event]) -> object: ...


async def measure(servers: Servers, scale: Scale) -> Section:
    rounds: dict[str, list[float]] = {OURS: [], _PUSHES: []}
    batches = max(scale.drained // _BATCH // 2, 1)
    async with servers.place() as place:
        settings = make_settings(place.amqp_url, place.database_url)
        async with new_pool(settings, url=place.database_url, application="bench") as pool:
            counter = PullCounter(pool, seconds=60)
            recorder = Recorder(pool, mode=CatalogueMode.REGISTER, geo_enabled=True)
            # The first of each prepares its statements.
            await counter.record(_pulls(next(_batches(1))))
            await recorder.record(next(_batches(1)))
            for _ in range(scale.rounds):
                made = list(_batches(2 * batches))
                rounds[OURS].append(await _pace(counter, [*map(_pulls, made[:batches])]))
                await servers.rest()
                rounds[_PUSHES].append(await _pace(recorder, made[batches:]))
                await servers.rest()
    figures = [Figure(_MEASURE, who, "events/s", tuple(paces)) for who, paces in rounds.items()]
    aim = Aim(_MEASURE, _PUSHES, ratio=2)
    return Section("pulls counted", figures, _NOTE, [aim])


async def _pace(records: _Records, batches: Sequence[Sequence[Event]]) -> float:
    begun = time.perf_counter()
    for batch in batches:
        await records.record(batch)
    return sum(map(len, batches)) / (time.perf_counter() - begun)


def _batches(count: int) -> Iterator[Sequence[Event]]:
    for _ in range(count):
        yield [Event.read(text.encode()) for text in events.pushes(_BATCH)]


def _pulls(batch: Sequence[Event]) -> Sequence[Event]:
    """By five tags of each repository, over and over."""
    return [
        replace(event, action="pull", request_method="GET", tag=event.tag and f"v{number % 5}")
        for number, event in enumerate(batch)
    ]
