"""Waiting for an effect, with a deadline, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

DEADLINE = 30.0


async def eventually(look: Callable[[], Awaitable[T]], deadline: float = DEADLINE) -> T:
    """Call `look` until it gives something true, and give that."""
    async with asyncio.timeout(deadline):
        while not (seen := await look()):  # noqa: ASYNC110  what is looked at sets no event
            await asyncio.sleep(0.02)
        return seen
