"""Subscriptions that wait for an operator: a memory that no sender can make grow.

Amazon SNS sends nothing else of a topic before somebody opens the address that it gives.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from shared.text import printable

# Seconds for which that address is good:
# https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
MEMORY: Final = 2 * 24 * 3600.0
_MOST: Final = 50
_TOPIC: Final = "x-amz-sns-topic-arn"
_LONGEST_TOPIC: Final = 300

Document = Sequence[Mapping[str, Any]]


class _Last(NamedTuple):
    at: float
    url: str | None


class Subscriptions:
    """The last that each topic sent to a source: a confirmation to open, or anything else."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[tuple[str, str], _Last] = {}

    def note(self, source: str, headers: Mapping[str, str], url: str | None) -> None:
        """`url` is what to open, empty if that is not Amazon's; None if it sends already."""
        topic = printable(headers.get(_TOPIC, ""), _LONGEST_TOPIC)
        if url is None and not topic:
            return
        self._last.pop((source, topic), None)
        self._last[source, topic] = _Last(self._clock(), url)
        if len(self._last) > _MOST:
            del self._last[next(iter(self._last))]

    def document(self) -> Document:
        """Each with its age in seconds, which needs no common clock."""
        now = self._clock()
        return [
            {"source": source, "topic": topic, "url": last.url, "age": now - last.at}
            for (source, topic), last in self._last.items()
            if now - last.at <= MEMORY
        ]


def together(documents: Sequence[Document]) -> Document:
    """The document of several processes as if they were one."""
    each = [one for document in documents for one in document]
    oldest_first = sorted(each, key=lambda one: one["age"], reverse=True)
    return list({(one["source"], one["topic"]): one for one in oldest_first}.values())
