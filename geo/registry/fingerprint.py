"""The hash of a stream that may have to go back a little. Pure."""

from collections import deque
from typing import Final

from geo.registry import names

_STEP: Final = 1024 * 1024
_KEPT: Final = 64


class Fingerprint:
    """Of the first `offset` bytes; what it was at places before them is kept for the last ones."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._hash = names.hash_of(digest)
        self._kept: deque[tuple[int, names.Hash]] = deque(maxlen=_KEPT)
        self.offset = 0

    def update(self, chunk: bytes) -> None:
        if not self._kept or self.offset - self._kept[-1][0] >= _STEP:
            self._kept.append((self.offset, self._hash.copy()))
        self._hash.update(chunk)
        self.offset += len(chunk)

    def back_to(self, offset: int) -> None:
        """To `offset` or the next place before it that is known, at worst the beginning."""
        if offset >= self.offset:
            return
        while self._kept:
            self.offset, kept = self._kept.pop()
            if self.offset <= offset:
                self._hash = kept
                return
        self._hash, self.offset = names.hash_of(self._digest), 0

    def is_right(self) -> bool:
        return self._digest.endswith(f":{self._hash.hexdigest()}")
