"""How many bytes of bodies may be in hand at once."""

from typing import Final

SMALL: Final = 64 * 1024


class ByteBudget:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.reserved = 0

    def reserve(self, size: int) -> bool:
        """Whether `size` bytes are free; they are the caller's then, until it gives them back.

        A body larger than the limit is taken when it is the only one. Small ones always pass:
        their number is bounded, and large ones shall not keep the others out.
        """
        if size > SMALL and self.reserved and self.reserved + size > self._limit:
            return False
        self.reserved += size
        return True

    def give_back(self, size: int) -> None:
        self.reserved -= size
