"""Dead letters as lines of a file, which stay where they are."""

import os
from pathlib import Path
from typing import Final, Self, TextIO

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import Broker
from console.dead_letters.selection import Selection
from console.errors import UnusableError
from shared.text import printable

_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL


class NewFile:
    """A file that nobody else can read; lines that cannot be written whole are not in it.

    Closed without any line it is gone again.
    """

    def __init__(self, path: Path) -> None:
        """Raises UnusableError if it is there or cannot be."""
        self._path = path
        self._size = 0
        try:
            self._descriptor = os.open(path, _NEW, 0o600)
        except OSError as error:
            why = "is there already" if isinstance(error, FileExistsError) else error.strerror
            raise UnusableError(f"{printable(str(path))}: {why}") from None

    def write(self, lines: str) -> None:
        """Raises OSError, as of a full disk."""
        data = memoryview(lines.encode())
        start, size = 0, self._size + len(data)
        try:
            while start < len(data):
                start += os.write(self._descriptor, data[start:])
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size = size

    def flush(self) -> None:
        """Wait until it is on the disk. Raises OSError."""
        os.fsync(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        if not self._size:
            self._path.unlink(missing_ok=True)


async def export_all(broker: Broker, selection: Selection, target: NewFile | TextIO) -> int:
    """How many were written.

    Raises BusyError, BrokerAwayError, and OSError when no more can be written, but after the scan:
    that keeps the order.
    """
    count, faults = 0, list[OSError]()

    def write(dead_letter: DeadLetter) -> None:
        nonlocal count
        if faults or (selection.limit is not None and count >= selection.limit):
            return
        count += 1
        try:
            target.write(f"{dead_letter.json()}\n")
        except OSError as error:
            faults.append(error)

    await visit.each(broker, visit.only(selection, write))
    for fault in faults:
        raise fault
    target.flush()
    return count
