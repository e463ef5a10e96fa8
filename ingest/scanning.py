"""Finding the values in a JSON text by their brackets, not by parsing.

Each keeps its own bytes, and one that is nested too deeply or is no JSON at all is still told apart
from the next.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from shared.bad_input import BadInputError

_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_SCALAR: Final = re.compile(r"[^\s,\]}]++")
_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING_VALUE: Final = re.compile(_STRING, re.DOTALL)
# The next bracket outside of strings.
_BRACKET: Final = re.compile(rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+([\[\]{{}}])', re.DOTALL)


class UnreadableEnvelopeError(BadInputError):
    """The body is no envelope; says why."""


class Scanner:
    """Positions in `text`; every method raises UnreadableEnvelopeError where it is broken.

    `read_to` is where a value ends that the reader of `members` has gone through by itself.
    """

    def __init__(self, text: str, *, most_brackets: int) -> None:
        self.text = text
        self._most_brackets = most_brackets
        self._brackets = 0
        self.read_to = 0

    def members(self, position: int) -> Iterator[tuple[str, int]]:
        """Each key of the object whose inside starts at `position`, and where its value starts."""
        position = self.skip_space(position)
        first = True
        while self.text[position : position + 1] != "}":
            if not first:
                position = self.expect(position, ",")
            first = False
            key, position = self._read_key(self.skip_space(position))
            position = self.skip_space(self.expect(position, ":"))
            yield key, position
            is_read = self.read_to > position
            position = self.skip_space(self.read_to if is_read else self.value_end(position))
        if self.skip_space(position + 1) != len(self.text):
            raise UnreadableEnvelopeError("text after the envelope")

    def is_null(self, start: int) -> bool:
        scalar = _SCALAR.match(self.text, start)
        return scalar is not None and scalar[0] == "null"

    def value_end(self, start: int) -> int:
        opening = self.text[start : start + 1]
        if opening in ("{", "["):
            return self._closing_bracket(start)
        value = (_STRING_VALUE if opening == '"' else _SCALAR).match(self.text, start)
        if not value:
            raise _broken("a value is missing", start)
        return value.end()

    def expect(self, position: int, character: str, otherwise: str = "") -> int:
        position = self.skip_space(position)
        if self.text[position : position + 1] != character:
            if otherwise:
                raise UnreadableEnvelopeError(otherwise)
            raise _broken(f"no {character!r}", position)
        return position + 1

    def skip_space(self, position: int) -> int:
        space = _SPACE.match(self.text, position)
        return space.end() if space else position

    def _read_key(self, position: int) -> tuple[str, int]:
        found = _STRING_VALUE.match(self.text, position)
        if not found:
            raise _broken("no key", position)
        try:
            return json.loads(found[0], strict=False), found.end()
        except ValueError:
            raise _broken("no key", position) from None

    def _closing_bracket(self, start: int) -> int:
        depth = 0
        position = start
        while bracket := _BRACKET.match(self.text, position):
            self._brackets += 1
            if self._brackets > self._most_brackets:
                raise UnreadableEnvelopeError(f"more than {self._most_brackets} brackets")
            position = bracket.end()
            depth += 1 if bracket[1] in "{[" else -1
            if not depth:
                return position
        raise UnreadableEnvelopeError("the body ends too early")


def _broken(what: str, position: int) -> UnreadableEnvelopeError:
    return UnreadableEnvelopeError(f"{what} at character {position}", cause=what)
