"""The envelope cut into the texts of its events, so that a bad one cannot spoil its neighbours.

Events are found by their brackets, not by parsing: each keeps its own bytes, and one that is
nested too deeply or is no JSON at all is still told apart from the next.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from shared.text import from_bytes

# Registries send one. A body of nothing but brackets holds millions, each a dead letter.
MOST_EVENTS: Final = 10_000
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_SCALAR: Final = re.compile(r"[^\s,\]}]++")
_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING_VALUE: Final = re.compile(_STRING, re.DOTALL)
# The next bracket outside of strings.
_BRACKET: Final = re.compile(rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+([\[\]{{}}])', re.DOTALL)


class UnreadableEnvelopeError(ValueError):
    """The body is no envelope; says why."""


def split(body: bytes) -> list[str]:
    """The JSON texts of the events in a notification's body, in their order.

    An absent or null `events` is an empty list (Distribution omits it when empty). Raises
    UnreadableEnvelopeError if the body is not a JSON object with a list of `events`, or of more
    than MOST_EVENTS.
    """
    text = from_bytes(body)
    start = _skip_space(text, 0)
    if text[start : start + 1] != "{":
        raise UnreadableEnvelopeError("not an object" if text.strip() else "the body is empty")
    events: list[str] | None = None
    for key, value_start in _members(text, start + 1):
        if key != "events":
            continue
        if events is not None:
            raise UnreadableEnvelopeError("two lists of events")
        events = _read_events(text, value_start)
    return events or []


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
        raise UnreadableEnvelopeError(f"no key at character {position}")
    try:
        return json.loads(found[0], strict=False), found.end()
    except ValueError:
        raise UnreadableEnvelopeError(f"no key at character {position}") from None


def _read_events(text: str, start: int) -> list[str]:
    if (scalar := _SCALAR.match(text, start)) and scalar[0] == "null":
        return []
    position = _skip_space(text, _expect(text, start, "[", "events is not a list"))
    events: list[str] = []
    while text[position : position + 1] != "]":
        if events:
            position = _skip_space(text, _expect(text, position, ","))
        if len(events) == MOST_EVENTS:
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
        raise UnreadableEnvelopeError(f"a value is missing at character {start}")
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
        raise UnreadableEnvelopeError(otherwise or f"no {character!r} at character {position}")
    return position + 1


def _skip_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
