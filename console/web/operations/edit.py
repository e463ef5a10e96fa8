"""Requeueing an edited event from a page."""

from typing import Final

from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.edit import requeue_edited
from console.dead_letters.operations.run import Attended, Outcome
from console.web.operations.order import Kind, Order
from shared.settings import Settings


async def _carry_out(
    settings: Settings, order: Order, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    assert order.edit  # noqa: S101  its page makes no order without
    return await requeue_edited(settings, order.edit, work, attended)


EDIT: Final = Kind("edit", "edited, requeued and confirmed", _carry_out)
