"""A broker that sends nothing at all is left, and no other."""

import asyncio

from shared.amqp.liveness import Liveness
from tests.waiting import eventually


async def test_silence_is_noticed_once() -> None:
    noticed: list[str] = []
    liveness = Liveness(0.02, lambda: noticed.append("silent"))
    liveness.start()

    async def is_noticed() -> bool:
        return bool(noticed)

    await eventually(is_noticed)
    # It looks no more, so that there is nothing left to wait for.
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert noticed == ["silent"]


async def test_without_heartbeats_silence_says_nothing() -> None:
    noticed: list[str] = []
    liveness = Liveness(0, lambda: noticed.append("silent"))
    liveness.start()
    for _ in range(100):
        await asyncio.sleep(0)
    liveness.stop()
    assert not noticed
