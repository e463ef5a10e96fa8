"""Drill 7: the same notifications many times over."""

import asyncio

from tests.drills.chance import CHANCE
from tests.drills.drill import Drill
from tests.drills.load import pushes, under_load
from tests.drills.proxy import Proxy
from tests.drills.stage import Stage

TOGETHER = 20
COPIES = 5
LOST_ANSWERS = 0.3
PATIENT = 5


async def concurrent(stage: Stage) -> None:
    """Each one to five times at once, to two ingests, with two workers behind them."""
    sender = stage.sender(await stage.start(ingests=2, workers=2, ingest_deadline=PATIENT))

    async def post_copies() -> None:
        events = pushes()
        copies = CHANCE.randint(1, COPIES)
        await asyncio.gather(*(sender.post_until_taken(events) for _ in range(copies)))

    for _ in range(max(stage.scale.notifications // TOGETHER, 1)):
        await asyncio.gather(*(post_copies() for _ in range(TOGETHER)))


async def answers_lost(stage: Stage) -> None:
    ports = await stage.start(ingests=2, workers=2, ingest_deadline=PATIENT)
    proxies = [Proxy(port, keeps_answer=lambda: CHANCE.random() > LOST_ANSWERS) for port in ports]
    for proxy in proxies:
        await stage.exits.enter_async_context(proxy.running())
    sender = stage.sender([proxy.port for proxy in proxies])
    async with under_load(sender):
        await asyncio.sleep(stage.scale.load * 3)
    lost = sum(proxy.withheld for proxy in proxies)
    stage.check(holds=lost > 0, otherwise="no answer was lost, so nothing was tried")
    stage.note = f"{lost} answers were lost on the way"


DRILLS = (
    Drill("every notification up to five times", concurrent),
    Drill("answers lost on the way", answers_lost, is_brief=False),
)
