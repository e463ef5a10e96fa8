"""Which deliveries are recorded together, when one of them may be what ends the process."""

import random
from collections.abc import Sequence
from typing import Final

from worker.delivery import Delivery

# How often the broker has handed a message over before without hearing of it again.
DELIVERY_COUNT: Final = "x-delivery-count"
_SUSPICIOUS: Final = 5


def are_suspects(batch: Sequence[Delivery]) -> bool:
    """Whether the batch came so often that one of its messages may kill who takes it."""
    return any(_count(delivery) >= _SUSPICIOUS for delivery in batch)


def one_by_one(batch: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """Each alone, in any order.

    Before a message can end the process again, half of the others are done, on average; so these do
    not come near the delivery limit, at which the broker would take them for the culprit.
    """
    return [(delivery,) for delivery in random.sample(batch, len(batch))]


def _count(delivery: Delivery) -> int:
    count = delivery.headers.get(DELIVERY_COUNT)
    return count if isinstance(count, int) else 0
