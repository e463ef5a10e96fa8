"""Values as pages show them: moments, which a script may show in local time, and long names."""

from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup, escape

from console.words import spoken
from shared.text import printable

# What a title says of a long name; the page of one dead letter has the whole.
_TITLE: Final = 2_000
_NAME: Final = 96
_ENDING: Final = 24
_ADMITTED_AHEAD: Final = 60.0
# The zone of the times beside it, for a script to change with them.
ZONE: Final = Markup('<span class="zone">UTC</span>')


def moment(then: datetime | None) -> str:
    """Date and time in UTC, as text."""
    return _utc(then).replace(tzinfo=None).isoformat(" ", "seconds") if then else "-"


def time(then: datetime | None) -> Markup:
    """Date and time."""
    return _time(then, today=False)


def clock(then: datetime | None) -> Markup:
    """The time, and the date of another day than today."""
    return _time(then, today=True)


def written(told: object) -> Markup:
    """A moment in UTC that a header has as text; what is none is shown as it is."""
    try:
        then = datetime.fromisoformat(str(told))
    except ValueError:
        return escape(printable(str(told), _TITLE) or "-")
    return time(then if then.tzinfo else then.replace(tzinfo=UTC)) + " " + ZONE


def since(then: datetime | None) -> str:
    if then is None:
        return "-"
    seconds = (datetime.now(UTC) - then).total_seconds()
    ahead = seconds < -_ADMITTED_AHEAD
    return f"{spoken.age(abs(seconds) if ahead else seconds)} {'ahead' if ahead else 'ago'}"


def short(text: str, longest: int = _NAME) -> Markup:
    """The beginning and the end, and the whole as its title: a sender's name may be of any size."""
    if len(text) <= longest and len(shown := printable(text)) <= longest:
        return escape(shown)
    head = printable(text[:longest])[: longest - _ENDING]
    tail = printable(text[-_ENDING:])[-_ENDING:]
    return Markup('<span title="{}">{}…{}</span>').format(printable(text, _TITLE), head, tail)


def _time(then: datetime | None, *, today: bool) -> Markup:
    if then is None:
        return Markup("-")
    utc = _utc(then)
    told = moment(utc)
    if today and utc.date() == datetime.now(UTC).date():
        told = told[11:]
    return Markup('<time datetime="{}"{}>{}</time>').format(
        utc.isoformat(), Markup(" data-clock") if today else "", told
    )


def _utc(then: datetime) -> datetime:
    try:
        return then.astimezone(UTC)
    except OverflowError:
        # At either end of what a datetime holds, some hours do not matter.
        return then.replace(tzinfo=UTC)
