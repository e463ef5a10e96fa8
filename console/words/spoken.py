"""Figures as people read them."""

from datetime import UTC, datetime, tzinfo
from typing import Final

from console.words import zones

# Of each the smaller one that is told beside it.
_STEPS: Final = (
    (31_536_000, "y", 86_400, "d"),
    (86_400, "d", 3_600, "h"),
    (3_600, "h", 60, "min"),
)
_MINUTE: Final = 60
_MILLISECONDS_BELOW: Final = 0.95
_TENTHS_BELOW: Final = 9.95


def duration(seconds: float | None) -> str:
    """As long as it is exact enough: 28 ms, 3.1 s, 12 min, 3 h 5 min, 2 d; empty if not known."""
    if seconds is None:
        return ""
    seconds = max(seconds, 0.0)
    for size, unit, smaller, part in _STEPS:
        if seconds >= size:
            rest = int(seconds % size // smaller)
            return f"{int(seconds // size)} {unit}" + (f" {rest} {part}" if rest else "")
    if seconds >= _MINUTE:
        return f"{int(seconds // _MINUTE)} min"
    if not seconds:
        return "0 s"
    if seconds < _MILLISECONDS_BELOW:
        return f"{max(round(seconds * 1000), 1)} ms"
    return f"{seconds:.1f} s" if seconds < _TENTHS_BELOW else f"{int(seconds)} s"


def age(seconds: float) -> str:
    """As `duration`, in whole seconds."""
    return f"{max(int(seconds), 0)} s" if seconds < _MINUTE else duration(seconds)


def clock(moment: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    """The time of day with its zone, and the date of another day than today."""
    moment, now = moment.astimezone(zone), now.astimezone(zone)
    shown = moment.strftime("%H:%M" if moment.date() == now.date() else "%Y-%m-%d %H:%M")
    return f"{shown} {zones.name(zone)}"


def unknown(since: datetime | None, now: datetime) -> str:
    """What is said instead of a figure that was known last then, with the date of another day."""
    if since is None:
        return "not known"
    since = since.astimezone(UTC)
    date = "" if since.date() == now.astimezone(UTC).date() else f"{since:%Y-%m-%d }"
    return f"not known since {date}{since:%H:%M:%S UTC}"


def rate(per_second: float | None) -> str:
    """Events a second, with a digit below ten; what moves is never shown as standing still.

    What is not known is a dash.
    """
    if per_second is None:
        return "-"
    if not per_second:
        return "0/s"
    if per_second < 0.1:  # noqa: PLR2004  the smallest that is shown
        return "<0.1/s"
    return f"{per_second:.1f}/s" if per_second < _TENTHS_BELOW else f"{per_second:,.0f}/s"


def count(number: int, noun: str, plural: str = "") -> str:
    """1 event, 1,204 events."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
