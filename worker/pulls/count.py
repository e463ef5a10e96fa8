"""What a batch of pulls adds to the counters: pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct

from shared.event import Event
from shared.lag import lag
from worker.classification.geo import concerns_an_image

_HEAD: Final = "HEAD"

Key = tuple[str, str, str, date]


class Count(Struct):
    """Pulls of one repository, by one tag or (empty) none, on one day (UTC); fields are columns.

    A HEAD asks whether something is there, and of a tag which digest it has; a GET fetches it.
    """

    source: str
    repository: str
    tag: str
    day: date
    last_pulled_at: datetime
    manifest_gets: int = 0
    manifest_heads: int = 0
    blob_gets: int = 0
    blob_heads: int = 0


def fold(pulls: Iterable[Event], now: datetime) -> list[Count]:
    """The counts of `pulls`, in the order of their keys.

    A pull by a clock that is absurd counts for the day on which it is recorded.
    """
    counts: dict[Key, Count] = {}
    for pull in pulls:
        believed = lag(pull.timestamp, now) is not None
        moment = pull.timestamp.astimezone(UTC) if believed else now
        key = pull.origin.source, pull.repository, pull.tag or "", moment.date()
        if (count := counts.get(key)) is None:
            count = counts[key] = Count(*key, moment)
        elif moment > count.last_pulled_at:
            count.last_pulled_at = moment
        _add(count, pull)
    return [counts[key] for key in sorted(counts)]


def _add(count: Count, pull: Event) -> None:
    match concerns_an_image(pull), pull.request_method == _HEAD:
        case True, False:
            count.manifest_gets += 1
        case True, True:
            count.manifest_heads += 1
        case False, False:
            count.blob_gets += 1
        case False, True:
            count.blob_heads += 1
