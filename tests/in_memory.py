"""Where private servers keep their data: in memory, if the machine has room for that.

A database for each test is hundreds of files that are made and deleted, which takes three times as
long on a disk.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  Linux's own; names in it are unforeseeable
_PREFIX: Final = "registry-events-tests-"
# Bytes, of both; what lies there takes a part of it. A container often has 64 MiB.
_ROOM: Final = 6 * 1024**3


@contextmanager
def directory() -> Iterator[Path]:
    """A new one, which ends with the block."""
    _sweep()
    prefix = f"{_PREFIX}{os.getpid()}-"
    place = _MEMORY if _has_room() else None
    with TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True) as name:
        # PostgreSQL's user must be able to walk there.
        Path(name).chmod(0o755)
        yield Path(name)


def _has_room() -> bool:
    if not _MEMORY.is_dir():
        return False
    return min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) > _ROOM


def _sweep() -> None:
    """Take away what killed processes left."""
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_PREFIX).partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
