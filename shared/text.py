"""Payload text is hostile: how it travels, and how it may be stored and shown."""

import re
from codecs import iterdecode
from typing import Final
from unicodedata import category

# Coding lets no other thread run meanwhile, and is slow with what is not UTF-8.
_PIECE: Final = 64 * 1024
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SHOWN_CATEGORIES = frozenset("LMNPS")


def from_bytes(body: bytes) -> str:
    """The text of a body; what is not UTF-8 becomes lone surrogates, so that nothing is lost."""
    if len(body) <= _PIECE:
        return body.decode("utf-8", "surrogateescape")
    pieces = (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))
    return "".join(iterdecode(pieces, "utf-8", "surrogateescape"))


def to_bytes(text: str) -> bytes:
    """The bytes that `from_bytes` read."""
    if len(text) <= _PIECE:
        return text.encode("utf-8", "surrogateescape")
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return b"".join([piece.encode("utf-8", "surrogateescape") for piece in pieces])


def unstorable(text: str) -> str:
    """What stands in the text that no PostgreSQL `text` can hold; empty if nothing does."""
    found = _UNSTORABLE.search(text)
    if not found:
        return ""
    return "NUL" if found.group() == "\x00" else "a lone surrogate"


def storable(text: str) -> str:
    r"""The text with each NUL and lone surrogate written as an escape (`\x00`, `\udc80`)."""
    return _UNSTORABLE.sub(lambda found: _escape(found.group()), text)


def printable(text: str, longest: int | None = None) -> str:
    """The text with everything escaped that could steer a terminal or reorder a line.

    That is control, format (right-to-left marks), private, unassigned and surrogate characters
    and all white space but the blank. More than `longest` characters end in an ellipsis.
    """
    shown = text[:longest]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_escape_unshown, shown))
    return shown if longest is None or len(text) <= longest else f"{shown}…"


def _escape_unshown(character: str) -> str:
    shown = character == " " or category(character)[0] in _SHOWN_CATEGORIES
    return character if shown else _escape(character)


def _escape(character: str) -> str:
    point = ord(character)
    if point <= 0xFF:  # noqa: PLR2004  the widths of Python's own escapes
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004
