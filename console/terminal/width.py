"""How wide the lines of an output may be."""

import os
from typing import Final, TextIO

# Digits of COLUMNS that are believed.
_LONGEST: Final = 6


def width(stream: TextIO) -> int | None:
    """Cells: what COLUMNS says, or the terminal; None where neither is: nothing is cut there."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and len(told) <= _LONGEST and int(told):
        return int(told)
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None
