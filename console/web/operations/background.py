"""Orders are carried out in the background, one after another: exactly what was shown."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from console.dead_letters.operations.returned import Sent
from console.dead_letters.operations.run import Outcome
from console.web.operations.order import Order
from console.web.operations.returned import FOLLOWED, ComingBack
from shared.logs import get_logger

_KEPT: Final = 50


@dataclass(slots=True)
class Running:
    """An order being carried out; `ended` has its result in words, `sent` what may come back."""

    order: Order
    identifier: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    outcome: Outcome = field(default_factory=Outcome)
    started: float = field(default_factory=time.monotonic)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    step: str = "waiting for its turn"
    notes: list[str] = field(default_factory=list)
    ended: str = ""
    good: bool = False
    seconds: float = 0.0
    sent: Sent | None = None
    coming_back: ComingBack = field(default_factory=ComingBack)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = len(self.order.plan.chosen)

    @property
    def handled(self) -> int:
        return self.outcome.done + self.outcome.failed.total() + self.outcome.missing

    @property
    def speed(self) -> float:
        return self.handled / max(self.seconds or time.monotonic() - self.started, 0.001)

    @property
    def over(self) -> bool:
        """Whether it ended, and so long ago that what came back of it has."""
        if not self.ended or not self.seconds:
            return False
        return not self.sent or time.monotonic() > self.started + self.seconds + FOLLOWED

    @property
    def left(self) -> float | None:
        """Seconds, at the speed so far."""
        return (self.total - self.handled) / self.speed if self.handled else None


CarryOut = Callable[[Running], Awaitable[None]]


class Operations:
    """Carries orders out in the background, one after another."""

    def __init__(self, carry_out: CarryOut) -> None:
        self._carry_out = carry_out
        self._one = asyncio.Lock()
        self._running: dict[str, Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, order: Order) -> Running:
        running = Running(order)
        self._running[running.identifier] = running
        while len(self._running) > _KEPT:
            del self._running[next(iter(self._running))]
        task = asyncio.create_task(self._run(running))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return running

    def find(self, identifier: str) -> Running | None:
        return self._running.get(identifier)

    async def stop(self) -> None:
        """What is in hand is finished and settled first."""
        for running in self._running.values():
            running.stop.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, running: Running) -> None:
        async with self._one:
            running.started = time.monotonic()
            try:
                await self._carry_out(running)
            except Exception:  # noqa: BLE001  nobody awaits it, so the log and the page must tell
                get_logger().exception("operation.failed", operation=running.order.kind.name)
                running.ended = "it failed; the log of the console says why"
            finally:
                running.seconds = time.monotonic() - running.started
                # The page of what ended needs their number alone.
                running.order.plan.chosen.clear()
