"""What a query or a form gives, within bounds; every fault is a sentence about what was given."""

import re
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from multidict import MultiMapping

from console.errors import UnusableError
from console.words import moments
from shared.text import printable

Given = MultiMapping[Any]

LARGEST_FORM: Final = 64 * 1024
_LONGEST: Final = 300
_TOO_LARGE: Final = (
    f"A form holds at most {LARGEST_FORM // 1024} KiB here. What is larger is edited in the "
    "terminal: registry-events dead-letters edit ID; or explained there: registry-events explain"
)
_MOST: Final = 500
_QUOTED: Final = 20
# So few digits that Python reads them, a float holds them, and an error can repeat them.
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


async def form(request: web.Request) -> Given:
    """Of texts alone. Raises UnusableError and HTTPRequestEntityTooLarge."""
    if request.content_type.startswith("multipart/"):
        raise UnusableError("no form of this console sends files")
    try:
        return await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise web.HTTPRequestEntityTooLarge(LARGEST_FORM, text=_TOO_LARGE) from None
    # The sender names the encoding: it may be unknown, or not the text's.
    except (ValueError, LookupError):
        raise UnusableError("this form cannot be read as text") from None


def text(given: Given, name: str, *, longest: int = _LONGEST) -> str:
    """The first of that name, empty if there is none. Raises UnusableError."""
    value: str = given.get(name, "").strip()
    if len(value) > longest:
        raise UnusableError(f"{name}: at most {longest:,} characters, and {len(value):,} are given")
    return value


def texts(given: Given, name: str) -> tuple[str, ...]:
    """All of that name but the empty ones. Raises UnusableError."""
    values = tuple(value.strip() for value in given.getall(name, ()) if value.strip())
    if len(values) > _MOST or any(len(value) > _LONGEST for value in values):
        raise UnusableError(f"{name}: too much is given")
    return values


def whole(given: Given, name: str, *, lowest: int = 0, highest: int) -> int | None:
    """None if it is not given. Raises UnusableError."""
    value = given.get(name, "").strip()
    if not value:
        return None
    if not _WHOLE.fullmatch(value) or not lowest <= int(value) <= highest:
        raise UnusableError(
            f"{name}: {_quoted(value)} is not a whole number from {lowest:,} to {highest:,}"
        )
    return int(value)


def seconds(given: Given, name: str) -> float:
    """Since the epoch; 0 if they are not given. Raises UnusableError."""
    value = given.get(name, "").strip() or "0"
    if not _SECONDS.fullmatch(value):
        raise UnusableError(f"{name}: {_quoted(value)} is not a number of seconds since 1970")
    return float(value)


def moment(given: Given, name: str, *, now: datetime) -> datetime | None:
    """None if it is not given. Raises UnusableError."""
    value = text(given, name)
    return moments.moment(value, now=now) if value else None


def _quoted(value: str) -> str:
    return f"“{printable(value, _QUOTED)}”"
