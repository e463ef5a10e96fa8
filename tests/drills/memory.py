"""Drill 10: memory stays flat whatever waits outside."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from shared.amqp.connection import Connection
from shared.amqp.message import Headers, event_message, origin
from shared.amqp.publisher import ConfirmedPublisher
from shared.event import Event
from tests.bench.cost import peak_megabytes
from tests.bench.events import pushes as texts
from tests.drills.drill import Drill
from tests.drills.load import Sender, pushes
from tests.drills.stage import Stage
from tests.factories import make_event
from tests.processes import Processes, Service
from tests.waiting import eventually

TOGETHER = 1000
DRAIN_SECONDS = 1200
# Megabytes; a worker holds four batches, ingest the bodies in hand several times over.
WORKER_LIMIT = 150
INGEST_LIMIT = 500
GROWTH = 1.25
PUSHERS = 100
BODY = 2_000_000


async def backlog(stage: Stage) -> None:
    await _publish(stage, stage.scale.backlog)
    await stage.start(ingests=0, processes=_alone(stage))
    (worker,) = stage.services
    early = 0.0
    for share in (0.1, 0.5, 1.0):

        async def recorded(number: float = share * stage.scale.backlog) -> bool:
            return worker.metric("registry_events_worker_batch_size_sum") >= number

        await eventually(recorded, DRAIN_SECONDS)
        late = _resident(worker)
        early = early or late
    peak = peak_megabytes(worker.process.pid or 0)
    stage.note = f"worker: {early:.0f} MB at 10 %, {late:.0f} MB at the end, peak {peak:.0f} MB"
    stage.check(holds=peak < WORKER_LIMIT, otherwise=f"the worker took {peak:.0f} MB")
    stage.check(holds=late < early * GROWTH, otherwise="the worker's memory grows")


async def blocked(stage: Stage) -> None:
    """Clients push large bodies while the broker takes none."""
    (port,) = await stage.start(processes=_alone(stage), ingest_deadline=0.4)
    sender = stage.sender([port])
    await sender.post_until_taken(pushes())
    async with stage.servers.memory_alarm():
        await _push_large(stage, sender)
        peak = peak_megabytes(stage.services[0].process.pid or 0)
    await stage.recover(sender)
    stage.note = f"ingest: peak {peak:.0f} MB, {PUSHERS} clients with {BODY / 1e6:.0f} MB each"
    stage.check(holds=peak < INGEST_LIMIT, otherwise=f"ingest took {peak:.0f} MB")


async def _push_large(stage: Stage, sender: Sender) -> None:
    ended = asyncio.Event()

    async def push() -> None:
        large = "x" * BODY
        while not ended.is_set():
            await sender.post([make_event(request={"useragent": large})])

    async def is_refused() -> bool:
        return stage.ledger.answers["503"] > 0

    pushing = [asyncio.ensure_future(push()) for _ in range(PUSHERS)]
    try:
        await asyncio.sleep(max(stage.scale.outage / 2, 4))
        await stage.expect(is_refused, "no notification was refused")
    finally:
        ended.set()
        await asyncio.gather(*pushing)


async def _publish(stage: Stage, number: int) -> None:
    """As ingest does, without HTTP."""
    connection = Connection(stage.processes.amqp_url, name="drill", heartbeat=60)
    running = asyncio.ensure_future(connection.run())

    async def is_open() -> bool:
        return connection.channel is not None

    await eventually(is_open)
    publisher, headers = ConfirmedPublisher(connection), origin(datetime.now(UTC))
    events = ((Event.parse(text), text) for text in texts(number))
    while some := list(islice(events, TOGETHER)):
        await _confirmed(stage, publisher, some, headers)
    running.cancel()
    await asyncio.wait({running})


async def _confirmed(
    stage: Stage,
    publisher: ConfirmedPublisher,
    some: Sequence[tuple[Event, str]],
    headers: Headers,
) -> None:
    messages = [event_message(event, text.encode(), headers) for event, text in some]
    stage.ledger.offered.update(event.id for event, _ in some)
    await publisher.publish(messages, deadline=60)
    stage.ledger.accepted.update(event.id for event, _ in some)


def _alone(stage: Stage) -> Processes:
    """Whose memory has nothing but what they imported themselves."""
    return replace(stage.processes, is_forked=False)


def _resident(service: Service) -> float:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


DRILLS = (
    Drill("a long queue", backlog, is_brief=False),
    Drill("large bodies, the broker blocked", blocked, is_brief=False),
)
