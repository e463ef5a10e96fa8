import asyncio

import pytest

from geo.copying.turns import Turns, for_each


async def test_each_is_done_once_and_not_too_many_at_a_time() -> None:
    done: list[int] = []
    at_work, most = 0, 0

    async def do(number: int) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        done.append(number)

    await for_each(range(100), do)
    assert sorted(done) == list(range(100))
    assert most == 8


@pytest.mark.parametrize("number", [1, 20], ids=["alone", "among others"])
async def test_one_that_fails_ends_it_with_its_own_error(number: int) -> None:
    async def fail(_number: int) -> None:
        raise LookupError("it is not there")

    with pytest.raises(LookupError, match="it is not there"):
        await for_each(range(number), fail)


async def test_turns_of_one_key_do_not_overlap() -> None:
    turns = Turns()
    async with turns.of("a"), turns.of("b"):
        assert turns.of("a").locked()
    assert not turns.of("a").locked()
