"""The registry's timestamps: RFC 3339, of which Postgres can hold and compute nearly all."""

from datetime import UTC, datetime
from typing import Final

# asyncpg writes these two as -infinity (Go's time that was never set) and infinity, with which
# PostgreSQL before 17 cannot reckon.
_INFINITIES: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def read(value: object) -> datetime:
    """RFC 3339 with any offset, in UTC; digits below the microsecond are cut off.

    Leap seconds are refused, as by Go's own reader. Raises ValueError.
    """
    if not isinstance(value, str):
        raise ValueError("is not a text")  # noqa: TRY004  pydantic collects ValueErrors only
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("is no RFC 3339 time") from None
    if moment.tzinfo is None:
        raise ValueError("has no offset from UTC")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None
    if moment in _INFINITIES:
        raise ValueError("is out of range")
    return moment
