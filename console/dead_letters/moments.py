"""Moments and ages as an operator writes and reads them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from console.dead_letters.errors import UnusableError

_RELATIVE: Final = re.compile(r"(\d{1,9})\s*([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


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


def age(then: datetime | None, *, now: datetime) -> str:
    """The two largest units: 4s, 3m10s, 3h12m, 2d4h; a clock that is ahead gives 0s."""
    if then is None:
        return "-"
    seconds = max(int((now - then).total_seconds()), 0)
    for unit, smaller in (("d", "h"), ("h", "m"), ("m", "s")):
        if seconds >= _SECONDS[unit]:
            whole, rest = divmod(seconds, _SECONDS[unit])
            part = rest // _SECONDS[smaller]
            return f"{whole}{unit}{part}{smaller}" if part else f"{whole}{unit}"
    return f"{seconds}s"


def stamp(then: datetime | None) -> str:
    return then.astimezone(UTC).isoformat(" ", "seconds") if then else "-"
