"""Sentences and commands over as many lines as they need. Pure; all is safe to print already."""

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, chop_cells

# What is to be copied stands in backticks, and stays together.
_WORD: Final = re.compile(r"`[^`]*`[^\s`]*|\S+")
_NARROWEST: Final = 20


def hanging(label: str, text: str, width: int | None) -> Iterator[str]:
    """Lines of at most `width` cells; None is one line. Only the first begins with the label."""
    if width is None or cell_len(label) + cell_len(text) <= width:
        yield f"{label}{text}"
        return
    room = max(width - cell_len(label), 1)
    if room < _NARROWEST:
        yield from _filled(f"{label}{text}", max(width, 1))
        return
    for line in _filled(text, room):
        yield f"{label}{line}"
        label = " " * cell_len(label)


def command(label: str, text: str, width: int | None) -> Iterator[str]:
    """A command for a shell; its line ends in a backslash where it goes on. No word is cut."""
    line, *words = text.split(" ")
    line = f"{label}{line}"
    for word in words:
        if width is not None and cell_len(f"{line} {word} \\") > width and line.strip():
            yield f"{line} \\"
            line = f"{' ' * cell_len(label)}  {word}"
        else:
            line = f"{line} {word}"
    yield line


def _filled(text: str, room: int) -> Iterator[str]:
    line = ""
    for word in _words(text, room):
        if line and cell_len(f"{line} {word}") > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _words(text: str, room: int) -> Iterator[str]:
    for word in _WORD.findall(text):
        if cell_len(word) <= room:
            yield word
        elif " " in word:
            yield from (part for one in word.split() for part in chop_cells(one, room))
        else:
            yield from chop_cells(word, room)
