"""The token of a user, which GitLab's registry writes into its events: it goes no further.

`actor.user` is a JSON Web Token, by which GitLab's application knows who it was. It is cut out of
the text: whatever is beside it keeps its bytes. Text that is no JSON is searched as far as its
quotes and brackets tell what is what; what is compressed, or a text within a text, is not looked
into.
"""

import re
from collections.abc import Iterator
from typing import Final

from ingest.envelope import MOST_BRACKETS
from ingest.scanning import IN_STRING, Scanner, UnreadableEnvelopeError
from shared.text import from_bytes, to_bytes

# Characters of a name that is written in escapes alone: `"\u0061..."`.
_LONGEST_NAME: Final = 6 * len("actor") + 2
_PIECE: Final = 64 * 1024
_BACKSLASH: Final = ord("\\")
_SPACE: Final = " \t\r\n"


def _written(name: str) -> str:
    """A pattern of the name in quotes, each of its letters as itself or as an escape."""
    letters = "".join(rf"(?:{letter}|\\u00(?i:{ord(letter):02x}))" for letter in name)
    return f'"{letters}"'


# A quote behind a backslash is within a text. Looked for first is what is found at once.
_ACTOR: Final = re.compile(r'"actor"(?<!\\"actor")')
_ACTOR_IN_ESCAPES: Final = re.compile(rf"(?<!\\){_written('actor')}")
_USER: Final = re.compile(_written("user"))
# Without one of these `user` is not written in escapes; `<`, which registries escape, is none.
_ESCAPED_LETTER: Final = re.compile(rb"\\u00(?:7[235]|65)")
_UP_TO_USER: Final = re.compile(
    rf'[^"\[\]{{}}]*+(?:(?!{_USER.pattern})"{IN_STRING.pattern}"[^"\[\]{{}}]*+)*+', re.DOTALL
)


def without_token(body: bytes) -> bytes:
    """The body without each member `user` of an object `actor`, wherever that stands in it."""
    if b'"user"' not in body and not (_BACKSLASH in body and _ESCAPED_LETTER.search(body)):
        return body
    text = from_bytes(body)
    kept: list[str] = []
    position = 0
    for start, end in _Reader(text).tokens():
        kept.append(text[position:start])
        position = end
    return to_bytes("".join([*kept, text[position:]])) if kept else body


class _Reader:
    """`_at` is how far it has read; never back, so that no text costs more than its length."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scanner = Scanner(text, most_brackets=MOST_BRACKETS)
        self._actor = _ACTOR_IN_ESCAPES if "\\u" in text else _ACTOR
        self._at = 0

    def tokens(self) -> Iterator[tuple[int, int]]:
        """Where each member begins and ends, with the comma that goes with it, in their order."""
        while self._enter_actor():
            kept_from = self._at
            while member := self._next_user():
                start, self._at = self._with_comma(kept_from, *member)
                yield start, self._at
                kept_from = self._at

    def _enter_actor(self) -> bool:
        """Go on to the inside of the next object `actor`; False if there is none."""
        # A piece at a time, since a pattern lets no other thread run; they overlap by a name.
        while self._at < len(self._text):
            found = self._actor.search(self._text, self._at, self._at + _PIECE)
            if not found:
                self._at += _PIECE - _LONGEST_NAME
                continue
            self._at = self._value_start(found.end())
            if self._text[self._at : self._at + 1] == "{":
                self._at += 1
                return True
        return False

    def _next_user(self) -> tuple[int, int] | None:
        """The next member `user` of the object that it is in; None at the end of that."""
        while (at := self._scanner.end_of(_UP_TO_USER, self._at)) < len(self._text):
            if self._text[at] in "}]":
                self._at = at
                return None
            self._at = end = self._value_end(at)
            value = self._value_start(end)
            if value > end and _USER.match(self._text, at):
                return at, self._value_end(value)
        self._at = len(self._text)
        return None

    def _with_comma(self, kept_from: int, start: int, end: int) -> tuple[int, int]:
        """Of a member, the comma before it; if none was kept there, the one behind it."""
        before = self._text[kept_from:start].rstrip(_SPACE)
        if before.endswith(","):
            return kept_from + len(before) - 1, end
        comma = self._scanner.skip_space(end)
        is_first = self._text[comma : comma + 1] == ","
        return start, self._scanner.skip_space(comma + 1) if is_first else end

    def _value_start(self, name_end: int) -> int:
        """Of a member with this name; where the name ends if it is none."""
        colon = self._scanner.skip_space(name_end)
        is_name = self._text[colon : colon + 1] == ":"
        return self._scanner.skip_space(colon + 1) if is_name else name_end

    def _value_end(self, start: int) -> int:
        """Of a text or an object without an end, or of too many brackets, that of all."""
        try:
            return self._scanner.value_end(start)
        except UnreadableEnvelopeError:
            return len(self._text) if self._text[start : start + 1] in ('"', "[", "{") else start
