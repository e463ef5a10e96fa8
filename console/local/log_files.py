"""The log of a child process: bounded in size, its end fit for a terminal."""

from pathlib import Path
from typing import IO

from shared.text import printable

_MAX_BYTES = 16 * 1024 * 1024
_TAIL_BYTES = 16 * 1024
_TAIL_LINES = 15


def opened(path: Path) -> IO[bytes]:
    """For appending; a log that has grown large starts anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    large = path.exists() and path.stat().st_size > _MAX_BYTES
    return path.open("wb" if large else "ab")


def end(path: Path) -> str:
    """Its last lines below a line that names it."""
    try:
        text = path.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
    except OSError:
        text = ""
    tail = [printable(line) for line in text.splitlines() if line.strip()][-_TAIL_LINES:]
    return f"the end of {path}:\n" + "\n".join(f"  {line}" for line in tail or ["(empty)"])
