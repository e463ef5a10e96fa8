"""What a sender called the things of an event, taken out of an error that quotes it. Pure."""

from collections.abc import Collection, Iterator
from typing import Final

from console.dead_letters.letter.dead_letter import DeadLetter
from shared import strict_json
from shared.text import printable

_CUT: Final = "…"
_NAMED: Final = ("target", "actor", "request", "source")
# Characters of the beginning of a name that an error ends within.
_BEGINNING: Final = 8


def without(error: str, names: Collection[str]) -> str:
    """The error with `*` for each of the names; one that is cut ends at the first."""
    before = error
    for name in names:
        error = _without(error, name)
    # Where it is cut depends on how long the name is.
    if error != before and error.endswith(("*", _CUT)) and before.endswith(_CUT):
        return error[: error.index("*") + 1]
    return error


def quoted(dead_letter: DeadLetter) -> list[str]:
    """The names in its event as an error may have them, the longest first."""
    names = {dead_letter.event_id, *_names(dead_letter.body)} - {""}
    told = {printable(form) for name in names for form in (name, repr(name)[1:-1])}
    return sorted(told, key=lambda name: (-len(name), name))


def _names(body: str) -> Iterator[str]:
    try:
        event = strict_json.loads(body)
    except strict_json.InvalidJSONError:
        return
    if not isinstance(event, dict):
        return
    for place in _NAMED:
        value = event.get(place)
        if isinstance(value, dict):
            yield from (name for name in value.values() if isinstance(name, str))


def _without(error: str, name: str) -> str:
    parts, start = [], 0
    while (at := error.find(name, start)) >= 0:
        end = at + len(name)
        whole = not (_goes_on(error, at) or _goes_on(error, end))
        parts.append(f"{error[start:at]}{'*' if whole else name}")
        start = end
    rest = error[start:]
    at = rest.find(name[:_BEGINNING]) if rest.endswith(_CUT) and len(name) >= _BEGINNING else -1
    if at >= 0 and name.startswith(rest[at:-1]):
        rest = f"{rest[:at]}*"
    return "".join([*parts, rest])


def _goes_on(text: str, at: int) -> bool:
    """Whether a word begins before this place and ends behind it."""
    return text[max(at - 1, 0) : at + 1].isalnum() and 0 < at < len(text)
