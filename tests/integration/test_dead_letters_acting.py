"""A change of many dead letters, beside others who want to look."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations import plan
from console.dead_letters.operations.run import INTERRUPTED, Action, Attended, Done, Outcome
from console.dead_letters.queue.broker import connected
from console.dead_letters.queue.visit import exclusive_scan
from console.dead_letters.selection import Selection
from tests.acceptance.burying import buried, bury
from tests.factories import make_event
from tests.waiting import eventually

SLOW = 5.0
COUNT = 75


class Counted:
    """A deed that counts how often it is done to whom."""

    def __init__(self) -> None:
        self.times = Counter[str]()

    async def __call__(self, batch: Sequence[DeadLetter]) -> Done:
        self.times.update(one.message_id for one in batch)
        return Done([""] * len(batch))


async def chosen(amqp_url: str) -> Sequence[bytes]:
    async with connected(amqp_url) as broker:
        return list((await plan.make(broker, Selection(all=True))).chosen)


async def test_others_look_while_a_slow_change_goes_on(amqp_url: str) -> None:
    await bury(amqp_url, [make_event() for _ in range(COUNT)])
    everybody, deed, outcome = await chosen(amqp_url), Counted(), Outcome()
    slow = asyncio.ensure_future(
        Action(amqp_url, deed, Attended(), rate=SLOW).run(everybody, outcome)
    )

    async def under_way() -> bool:
        return bool(deed.times)

    await eventually(under_way)
    assert 0 < len(await buried(amqp_url)) < COUNT
    assert not slow.done()
    await slow
    assert (outcome.done, outcome.missing, outcome.stopped) == (COUNT, 0, "")
    assert deed.times == Counter(key.decode() for key in everybody)
    assert await buried(amqp_url) == []


async def test_who_waits_for_a_look_is_told(amqp_url: str) -> None:
    await bury(amqp_url, [make_event()])
    said: list[str] = []
    async with exclusive_scan(amqp_url, lambda _: False) as look:
        await look.more()
        with pytest.raises(BusyError):
            async with exclusive_scan(amqp_url, lambda _: False, patience=4, say=said.append):
                pass
    assert said == ["waiting for somebody else who looks at the dead letters or changes them ..."]


async def test_what_is_stopped_before_it_starts_does_nothing(amqp_url: str) -> None:
    await bury(amqp_url, [make_event()])
    everybody, deed, outcome, attended = await chosen(amqp_url), Counted(), Outcome(), Attended()
    attended.stop.set()
    await Action(amqp_url, deed, attended).run(everybody, outcome)
    assert (outcome.done, outcome.stopped) == (0, INTERRUPTED)
    assert not deed.times
