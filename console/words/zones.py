"""The time zone in which moments are shown."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo


def local() -> tzinfo:
    """That of the machine, or of TZ, with the offset of today, also for another season."""
    return datetime.now(UTC).astimezone().tzinfo or UTC


def name(zone: tzinfo) -> str:
    """UTC, UTC+02:00: the same whatever a place calls its time."""
    return str(timezone(zone.utcoffset(None) or timedelta()))


def moved(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in the zone, or in UTC where its year then has no number."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
