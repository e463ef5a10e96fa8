"""Figures as people read them."""

from datetime import UTC, datetime
from typing import Final

_STEPS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))
_MILLISECONDS_BELOW: Final = 0.95
_TENTHS_BELOW: Final = 9.95


def duration(seconds: float | None) -> str:
    """The largest unit that fits: 28 ms, 3.1 s, 45 s, 12 min, 3 h, 2 d; empty if not known."""
    if seconds is None:
        return ""
    seconds = max(seconds, 0.0)
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    if not seconds:
        return "0 s"
    if seconds < _MILLISECONDS_BELOW:
        return f"{max(round(seconds * 1000), 1)} ms"
    return f"{seconds:.1f} s" if seconds < _TENTHS_BELOW else f"{int(seconds)} s"


def age(seconds: float) -> str:
    """As `duration`, in whole seconds."""
    return f"{max(int(seconds), 0)} s" if seconds < 60 else duration(seconds)  # noqa: PLR2004


def clock(moment: datetime, now: datetime) -> str:
    """The time of day in UTC, and the date of another day than today."""
    moment, now = moment.astimezone(UTC), now.astimezone(UTC)
    return moment.strftime("%H:%M UTC" if moment.date() == now.date() else "%Y-%m-%d %H:%M UTC")


def rate(per_second: float) -> str:
    """Events a second, with a digit below ten; what moves is never shown as standing still."""
    if not per_second:
        return "0/s"
    if per_second < 0.1:  # noqa: PLR2004  the smallest that is shown
        return "<0.1/s"
    return f"{per_second:.1f}/s" if per_second < _TENTHS_BELOW else f"{per_second:,.0f}/s"


def count(number: int, noun: str, plural: str = "") -> str:
    """1 event, 1,204 events."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
