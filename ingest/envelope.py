"""The envelope cut into the texts of its events, so that a bad one cannot spoil its neighbours.

Events are found by their brackets, not by parsing: each keeps its own bytes, and one that is
nested too deeply or is no JSON at all is still told apart from the next.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Final

from shared.bad_input import BadInputError
from shared.text import from_bytes, printable

# Registries send one. A body of nothing but brackets holds millions, each a dead letter.
MOST_EVENTS: Final = 10_000
_KEYS_SHOWN: Final = 8
_KEY_LENGTH: Final = 40
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_SCALAR: Final = re.compile(r"[^\s,\]}]++")
_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING_VALUE: Final = re.compile(_STRING, re.DOTALL)
# The next bracket outside of strings.
_BRACKET: Final = re.compile(rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+([\[\]{{}}])', re.DOTALL)


class UnreadableEnvelopeError(BadInputError):
    """The body is no envelope; says why."""


def split(body: bytes, *, patient: bool = False) -> list[str]:
    """The JSON texts of the events in a notification's body, in their order.

    `{}` and null `events` are an empty list (Distribution omits it when empty). A byte order mark
    is passed over, as RFC 8259 allows. Raises UnreadableEnvelopeError if the body is not a JSON
    object with a list of `events`, or of more than MOST_EVENTS; `patient` takes any number, and one
    event instead of a list.
    """
    text = from_bytes(body.removeprefix(BOM_UTF8))
    start = _skip_space(text, 0)
    if text[start : start + 1] != "{":
        raise UnreadableEnvelopeError("not an object" if text.strip() else "the body is empty")
    events: list[str] | None = None
    others = _Others()
    for key, value_start in _members(text, start + 1):
        if key != "events":
            others.add(key)
        elif events is not None:
            raise UnreadableEnvelopeError("two lists of events")
        else:
            events = _read_events(text, value_start, patient=patient)
    if events is None and others.count:
        # What another kind of sender sends must not look like a notification of nothing.
        raise UnreadableEnvelopeError(f"no `events`: {others}", cause="no `events`")
    return events or []


class _Others:
    """The keys beside `events`, as many as fit into a sentence."""

    def __init__(self) -> None:
        self.count = 0
        self._shown: list[str] = []

    def add(self, key: str) -> None:
        self.count += 1
        if self.count <= _KEYS_SHOWN:
            self._shown.append(f"`{printable(key, _KEY_LENGTH)}`")

    def __str__(self) -> str:
        more = self.count - len(self._shown)
        keys = ", ".join(self._shown) + (f" and {more:,} more" if more else "")
        return f"keys are {keys}" if self.count > 1 else f"its only key is {keys}"


def _members(text: str, position: int) -> Iterator[tuple[str, int]]:
    """Each key of the object whose inside starts at `position`, and where its value starts."""
    position = _skip_space(text, position)
    first = True
    while text[position : position + 1] != "}":
        if not first:
            position = _expect(text, position, ",")
        first = False
        key, position = _read_key(text, _skip_space(text, position))
        position = _skip_space(text, _expect(text, position, ":"))
        yield key, position
        position = _skip_space(text, _value_end(text, position))
    if _skip_space(text, position + 1) != len(text):
        raise UnreadableEnvelopeError("text after the envelope")


def _read_key(text: str, position: int) -> tuple[str, int]:
    found = _STRING_VALUE.match(text, position)
    if not found:
        raise _broken("no key", position)
    try:
        return json.loads(found[0], strict=False), found.end()
    except ValueError:
        raise _broken("no key", position) from None


def _read_events(text: str, start: int, *, patient: bool) -> list[str]:
    if (scalar := _SCALAR.match(text, start)) and scalar[0] == "null":
        return []
    if patient and text[start : start + 1] == "{":
        return [text[start : _value_end(text, start)]]
    position = _skip_space(text, _expect(text, start, "[", "events is not a list"))
    events: list[str] = []
    while text[position : position + 1] != "]":
        if events:
            position = _skip_space(text, _expect(text, position, ","))
        if len(events) == MOST_EVENTS and not patient:
            raise UnreadableEnvelopeError(f"more than {MOST_EVENTS} events")
        end = _value_end(text, position)
        events.append(text[position:end])
        position = _skip_space(text, end)
    return events


def _value_end(text: str, start: int) -> int:
    opening = text[start : start + 1]
    if opening in ("{", "["):
        return _closing_bracket(text, start)
    value = (_STRING_VALUE if opening == '"' else _SCALAR).match(text, start)
    if not value:
        raise _broken("a value is missing", start)
    return value.end()


def _closing_bracket(text: str, start: int) -> int:
    depth = 0
    position = start
    while bracket := _BRACKET.match(text, position):
        position = bracket.end()
        depth += 1 if bracket[1] in "{[" else -1
        if not depth:
            return position
    raise UnreadableEnvelopeError("the body ends too early")


def _expect(text: str, position: int, character: str, otherwise: str = "") -> int:
    position = _skip_space(text, position)
    if text[position : position + 1] != character:
        if otherwise:
            raise UnreadableEnvelopeError(otherwise)
        raise _broken(f"no {character!r}", position)
    return position + 1


def _broken(what: str, position: int) -> UnreadableEnvelopeError:
    return UnreadableEnvelopeError(f"{what} at character {position}", cause=what)


def _skip_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
