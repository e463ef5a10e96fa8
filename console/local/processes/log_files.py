"""The log of a child process: bounded in size, its end fit for a terminal."""

import os
from pathlib import Path
from typing import IO

from shared.text import printable

_MAX_BYTES = 16 * 1024 * 1024
_TAIL_BYTES = 16 * 1024
_TAIL_LINES = 15


def opened(path: Path) -> IO[bytes]:
    """For appending, by its user alone; a log that has grown large starts anew."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    large = path.exists() and path.stat().st_size > _MAX_BYTES
    return open(path, "wb" if large else "ab", opener=_private)


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    # Whatever made it before.
    os.fchmod(descriptor, 0o600)
    return descriptor


def end(path: Path) -> str:
    """Its last lines below a line that names it."""
    try:
        text = path.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
    except OSError:
        text = ""
    tail = [printable(line) for line in text.splitlines() if line.strip()][-_TAIL_LINES:]
    return f"the end of {path}:\n" + "\n".join(f"  {line}" for line in tail or ["(empty)"])
