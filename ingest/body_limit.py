"""How large a body may be, and what is kept of one that is larger."""

from hashlib import sha256
from typing import Final

from ingest.received import Body

# Bytes. zot sends a manifest, of up to 4 MiB, as a text in which each quote has a backslash; the
# broker takes no message of more than 16 MiB, and a dead letter holds the whole.
_LARGEST: Final = {"zot": 12 * 1024 * 1024}
# Of a body that is larger than allowed: enough to see who sends it and what.
_BEGINNING: Final = 64 * 1024
# Times the limit; what is larger still is no registry's (see README, "Large bodies").
_TAKEN_OFF: Final = 16


class BodyError(Exception):
    """There is no whole body: its sender is not done."""


def limit_of(registry: str, usual: int) -> int:
    """Bytes that a request of this registry may have; `usual` is the setting."""
    return max(usual, _LARGEST.get(registry, 0))


def kept(body: bytes, limit: int) -> Body:
    """What is kept of a body that is here. Raises BodyError for one without an end."""
    reading = Reading(limit)
    reading.add(body)
    return reading.body()


class Reading:
    """A body that comes in pieces; `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._length = 0
        self._digest = sha256()

    def add(self, chunk: bytes) -> None:
        """Raises BodyError for a body without an end."""
        self._length += len(chunk)
        if self._length > self._limit * _TAKEN_OFF:
            raise BodyError(f"the body has no end within {self._limit * _TAKEN_OFF} bytes")
        if self._length - len(chunk) > self._limit:
            self._digest.update(chunk)
            return
        self._kept += chunk
        if self._length > self._limit:
            self._digest.update(self._kept)
            del self._kept[min(_BEGINNING, self._limit) :]

    def body(self) -> Body:
        is_cut = self._length > self._limit
        digest = self._digest.hexdigest() if is_cut else ""
        return Body(bytes(self._kept), self._length, digest)
