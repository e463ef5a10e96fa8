"""One after another for each key, and several things side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

_AT_ONCE: Final = 8


class Turns:
    """A lock a key, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


async def for_each(some: Sequence[T], do: Callable[[T], Awaitable[None]]) -> None:
    """Some at once, however many there are; one that fails ends it all, with its error."""
    if len(some) == 1:
        await do(some[0])
        return
    left = iter(some)

    async def take() -> None:
        for one in left:
            await do(one)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(some), _AT_ONCE)):
                group.create_task(take())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
