"""One after another for each key, side by side for different ones; and all that has to be done."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any
from weakref import WeakValueDictionary


class Turns:
    """A lock a key, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


async def together(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all of them; when one fails the others are cancelled, and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in coroutines:
                group.create_task(one)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
