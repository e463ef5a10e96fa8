"""How many bytes of bodies may be in hand at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SMALL: Final = 64 * 1024


class ByteBudget:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.reserved = 0

    @contextmanager
    def reserving(self, size: int) -> Iterator[bool]:
        """Reserve `size` bytes for the block; False, and nothing reserved, if they are not free.

        A body larger than the limit is taken when it is the only one. Small ones always pass:
        their number is bounded, and large ones shall not keep the others out.
        """
        if size > SMALL and self.reserved and self.reserved + size > self._limit:
            yield False
            return
        self.reserved += size
        try:
            yield True
        finally:
            self.reserved -= size
