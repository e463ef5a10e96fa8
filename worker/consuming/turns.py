"""Deliveries that wait for a batch, by their channel; those of one channel go together."""

import random
from collections import deque
from collections.abc import Sequence

from shared.amqp.channel import Channel
from shared.amqp.contents import Delivery
from worker.consuming.suspects import are_suspects


class Turns:
    """Channels that have something waiting are served by turns, whatever the others have."""

    def __init__(self) -> None:
        # The next turn is the first one's.
        self._waiting: dict[Channel, deque[Delivery]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __contains__(self, channel: Channel) -> bool:
        return channel in self._waiting

    @property
    def channels(self) -> Sequence[Channel]:
        return tuple(self._waiting)

    def open(self, channel: Channel) -> None:
        self._waiting[channel] = deque()

    def close(self, channel: Channel) -> None:
        """What waits of it is forgotten: it comes again."""
        self._waiting.pop(channel, None)

    def clear(self) -> None:
        self._waiting.clear()

    def add(self, channel: Channel, deliveries: Sequence[Delivery]) -> None:
        """A late word of a closed one is left out: it could not be acknowledged."""
        if (waiting := self._waiting.get(channel)) is not None:
            waiting.extend(deliveries)

    def has(self, size: int) -> bool:
        """Whether so many of one channel wait."""
        return any(len(waiting) >= size for waiting in self._waiting.values())

    def take(self, size: int) -> tuple[Channel, list[Delivery]] | None:
        """At most so many, of the channel whose turn it is; None if nothing waits.

        Where one of them may be what ends the process, chance says whose turn it is: else, after
        each start, it would come before the others had theirs.
        """
        waits = [one for one, waiting in self._waiting.items() if waiting]
        if not waits:
            return None
        channel = waits[0]
        if len(waits) > 1 and are_suspects([self._waiting[one][0] for one in waits]):
            channel = random.choice(waits)  # noqa: S311  nobody gains by guessing it
        # To the end.
        waiting = self._waiting[channel] = self._waiting.pop(channel)
        return channel, [waiting.popleft() for _ in range(min(size, len(waiting)))]
