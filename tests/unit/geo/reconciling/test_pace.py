import asyncio

from geo.reconciling.pace import Pace


async def test_no_more_at_once_than_allowed() -> None:
    pace = Pace(3, 1_000_000)
    inside = 0
    most = 0
    go = asyncio.Event()

    async def ask() -> None:
        nonlocal inside, most
        async with pace.turn():
            inside += 1
            most = max(most, inside)
            if inside == 3:
                go.set()
            await go.wait()
            inside -= 1

    await asyncio.gather(*(ask() for _ in range(10)))
    assert most == 3


async def test_requests_begin_apart() -> None:
    pace = Pace(10, 50)
    loop = asyncio.get_running_loop()
    begun: list[float] = []

    async def ask() -> None:
        async with pace.turn():
            begun.append(loop.time())

    await asyncio.gather(*(ask() for _ in range(5)))
    assert begun == sorted(begun)
    # The last of five begins four intervals after the first, however slow the machine is.
    assert begun[-1] - begun[0] >= 4 / 50 - 0.005
