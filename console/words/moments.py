"""Moments and ages as an operator writes and reads them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Self

from console.errors import UnusableError
from console.words import spoken, zones
from shared.lag import MOST_AHEAD

_RELATIVE: Final = re.compile(r"(\d{1,9})\s*([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
# Seconds: this program is younger.
_OLDEST: Final = 10 * 365 * 86_400.0


def moment(text: str, *, now: datetime) -> datetime:
    """`10m`, `3h`, `2d` before `now`, or ISO 8601 (UTC if it has no offset).

    Raises UnusableError.
    """
    try:
        if relative := _RELATIVE.fullmatch(text.strip()):
            return now - timedelta(seconds=int(relative[1]) * _SECONDS[relative[2]])
        parsed = datetime.fromisoformat(text.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnusableError(
            f"{text!r} is neither an age like 10m, 3h, 2d nor a time like 2026-01-31T12:00"
        ) from None


def believed(then: datetime | None, *, now: datetime) -> bool:
    """Whether something can have happened then, and a clock is not absurd."""
    if then is None:
        return False
    return -MOST_AHEAD <= (now - then).total_seconds() <= _OLDEST


def age(then: datetime | None, *, now: datetime) -> str:
    """In words; a clock that is a little ahead gives 0 s, one that is absurd has no age."""
    if then is None:
        return "-"
    return spoken.age((now - then).total_seconds()) if believed(then, now=now) else "clock?"


@dataclass(frozen=True, slots=True)
class Clock:
    """How moments are shown at `now`: in the zone, and in words."""

    now: datetime
    zone: tzinfo = UTC

    @classmethod
    def of(cls, *, local: bool) -> Self:
        return cls(datetime.now(UTC), zones.local() if local else UTC)

    @property
    def zone_name(self) -> str:
        return zones.name(self.zone)

    def short(self, then: datetime | None) -> str:
        """The time of day, and the date of another day than today; not the zone."""
        if then is None:
            return "-"
        then = zones.moved(then, self.zone).replace(tzinfo=None)
        if then.date() == zones.moved(self.now, self.zone).date():
            return then.time().isoformat("seconds")
        return then.isoformat(" ", "minutes")

    def full(self, then: datetime | None) -> str:
        """To the second, with the zone."""
        if then is None:
            return "-"
        moved = zones.moved(then, self.zone)
        told = moved.replace(tzinfo=None).isoformat(" ", "seconds")
        return f"{told} {zones.name(moved.tzinfo or UTC)}"

    def read(self, text: str) -> str:
        """A text that should be ISO 8601, as `full`, or as it is."""
        try:
            then = datetime.fromisoformat(text)
        except ValueError:
            return text
        return self.full(then if then.tzinfo else then.replace(tzinfo=UTC))
