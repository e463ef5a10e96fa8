"""Requeueing from a page."""

from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.messages import why_not
from console.dead_letters.operations.requeue import Pace, requeue_all
from console.dead_letters.operations.run import Attended, Outcome
from console.web.operations.order import Kind, Order
from shared.settings import Settings

_CANARIES: Final = 1
_CANARY_SECONDS: Final = 30.0


def _refusal(dead_letter: DeadLetter) -> str:
    return why_not(dead_letter, max_requeues=Pace().max_requeues)


async def _carry_out(
    settings: Settings, order: Order, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    ahead = _CANARIES if order.canary else 0
    pace = Pace(rate=order.rate, canary=ahead, canary_timeout=_CANARY_SECONDS)
    return await requeue_all(settings, order.plan, work, pace, attended)


REQUEUE: Final = Kind("requeue", "requeued and confirmed", _carry_out, refusal=_refusal)
