"""Discarding from a page: whoever does it has typed how many."""

from typing import Final

from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.discard import discard_all
from console.dead_letters.operations.run import Attended, Outcome
from console.web.operations.order import Kind, Order
from console.web.query.given import Given
from shared.settings import Settings


def _unconfirmed(form: Given, count: int) -> str:
    if form.get("count", "").strip() == str(count):
        return ""
    return f"Type {count} to confirm; nothing was discarded."


async def _carry_out(
    settings: Settings, order: Order, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    return await discard_all(settings, order.plan, work, None, attended)


DISCARD: Final = Kind("discard", "discarded", _carry_out, unconfirmed=_unconfirmed, sends=False)
