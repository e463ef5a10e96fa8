"""A notification as it came: its body, and what else tells it from another."""

from datetime import datetime
from typing import Self

import msgspec

from shared.amqp.message import BODY_LENGTH, BODY_SHA256, Headers, origin
from shared.origin import DEFAULT_SOURCE, Origin


class Body(msgspec.Struct, frozen=True):
    """The body of a notification; of one that is too large only the beginning.

    `length` and `sha256` (hexadecimal) are those of the whole; the digest is empty if it is kept.
    """

    kept: bytes
    length: int
    sha256: str = ""

    @classmethod
    def whole(cls, body: bytes) -> Self:
        return cls(body, len(body))

    @property
    def is_cut(self) -> bool:
        return len(self.kept) < self.length


class Notification(msgspec.Struct, frozen=True):
    """One POST as it came. Registries never compress; an encoded body is not looked into.

    `source` is the name that the operator gave to who sent it.
    """

    body: Body
    received_at: datetime
    content_encoding: str = ""
    traceparent: str | None = None
    source: str = DEFAULT_SOURCE

    @property
    def headers(self) -> Headers:
        came = origin(self.received_at, self.traceparent)
        if self.source != DEFAULT_SOURCE:
            came |= Origin(self.source).headers
        if self.body.is_cut:
            came |= {BODY_LENGTH: self.body.length, BODY_SHA256: self.body.sha256}
        return came

    @property
    def identity(self) -> str:
        """What else than the body makes two notifications different."""
        return f"{self.source} {self.content_encoding}"
