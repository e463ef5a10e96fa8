"""Finding the values in a JSON text by their brackets, not by parsing.

Each keeps its own bytes, and one that is nested too deeply or is no JSON at all is still told apart
from the next.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from shared.bad_input import BadInputError

# Characters. A pattern lets no other thread run while it matches, so each call reads no more.
_PIECE: Final = 64 * 1024
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_SCALAR: Final = re.compile(r"[^\s,\]}]*+")
IN_STRING: Final = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
# Up to the next bracket outside of strings, or a string that ends in another piece.
_NO_BRACKET: Final = re.compile(
    rf'[^"\[\]{{}}]*+(?:"{IN_STRING.pattern}"[^"\[\]{{}}]*+)*+', re.DOTALL
)
# Of a key as it is written; `events` in escapes alone has 38.
_LONGEST_KEY: Final = 64 * 1024


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
        return self.text[start : self.end_of(_SCALAR, start)] == "null"

    def value_end(self, start: int) -> int:
        opening = self.text[start : start + 1]
        if opening in ("{", "["):
            return self._closing_bracket(start)
        end = self._string_end(start) if opening == '"' else self.end_of(_SCALAR, start)
        if end <= start:
            raise _broken("a value is missing", start)
        return end

    def expect(self, position: int, character: str, otherwise: str = "") -> int:
        position = self.skip_space(position)
        if self.text[position : position + 1] != character:
            if otherwise:
                raise UnreadableEnvelopeError(otherwise)
            raise _broken(f"no {character!r}", position)
        return position + 1

    def skip_space(self, position: int) -> int:
        return self.end_of(_SPACE, position)

    def _read_key(self, position: int) -> tuple[str, int]:
        end = self._string_end(position) if self.text[position : position + 1] == '"' else 0
        if not end or end - position > _LONGEST_KEY:
            raise _broken("a key is too long" if end else "no key", position)
        try:
            return json.loads(self.text[position:end], strict=False), end
        except ValueError:
            raise _broken("no key", position) from None

    def _closing_bracket(self, start: int) -> int:
        depth = 0
        position = start
        while position := self._next_bracket(position):
            self._brackets += 1
            if self._brackets > self._most_brackets:
                raise UnreadableEnvelopeError(f"more than {self._most_brackets} brackets")
            depth += 1 if self.text[position - 1] in "{[" else -1
            if not depth:
                return position
        raise UnreadableEnvelopeError("the body ends too early")

    def _next_bracket(self, position: int) -> int:
        """Behind the next bracket outside of strings; 0 if there is none."""
        while True:
            position = self.end_of(_NO_BRACKET, position)
            if self.text[position : position + 1] != '"':
                return position + 1 if position < len(self.text) else 0
            position = self._string_end(position)
            if not position:
                return 0

    def _string_end(self, start: int) -> int:
        """Behind the string that starts at `start`; 0 if it has no end."""
        end = self.end_of(IN_STRING, start + 1)
        return end + 1 if self.text[end : end + 1] == '"' else 0

    def end_of(self, pattern: re.Pattern[str], position: int) -> int:
        """Where what `pattern` matches from `position` on ends, found a piece at a time."""
        while found := pattern.match(self.text, position, position + _PIECE):
            # One less: an escape that a piece cuts in two is left to the next.
            if found.end() < position + _PIECE - 1:
                return found.end()
            position = found.end()
        return position


def _broken(what: str, position: int) -> UnreadableEnvelopeError:
    return UnreadableEnvelopeError(f"{what} at character {position}", cause=what)
