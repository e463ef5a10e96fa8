"""Which configured registry an event came from, and how well it says what it says.

In headers of the message, which no sender can write; those of today's route have none.
"""

from collections.abc import Mapping
from typing import Final, Self

import msgspec

from shared.text import printable

DEFAULT_SOURCE: Final = "default"
DISTRIBUTION: Final = "distribution"
NATIVE: Final = "native"
DERIVED: Final = "derived"
RECEIVED: Final = "received"
RECONCILED: Final = "reconciled"
_HEADERS: Final = {
    "source": "registry-source",
    "registry": "registry",
    "kind": "kind",
    "id_from": "id-from",
    "time_from": "time-from",
}
_LONGEST: Final = 255
# As it stands in a table of headers: how long the name is, the name, S for a text.
_MARK: Final = bytes([len(_HEADERS["source"])]) + _HEADERS["source"].encode() + b"S"


class Origin(msgspec.Struct, frozen=True):
    """`source` is the name that the operator gave the registry, `registry` its kind of software.

    `kind` is what changed (manifest, blob, tag, repository); empty where the media type says it.
    `id_from` and `time_from`: native, header, derived, or received. `id_from` of what no registry
    sent is reconciled: `registry-events reconcile` found that it is missing.
    """

    source: str = DEFAULT_SOURCE
    registry: str = DISTRIBUTION
    kind: str = ""
    id_from: str = NATIVE
    time_from: str = NATIVE

    @property
    def headers(self) -> dict[str, str | int]:
        """Of a message: what is not as today's route has it, and the source beside any of it."""
        told = {
            name: printable(getattr(self, field), _LONGEST)
            for field, name in _HEADERS.items()
            if getattr(self, field) != getattr(DEFAULT, field)
        }
        return {_HEADERS["source"]: printable(self.source, _LONGEST), **told} if told else {}

    @classmethod
    def read(cls, headers: Mapping[str, object]) -> Self:
        """Of a message's headers; whatever they are."""
        known = {field: headers.get(name) for field, name in _HEADERS.items()}
        return cls(
            **{
                field: printable(text, _LONGEST)
                for field, text in known.items()
                if isinstance(text, str) and text
            }
        )


DEFAULT: Final = Origin()


def is_told(header: bytes) -> bool:
    """Whether a header frame's payload says any of it: far sooner than headers are decoded."""
    return _MARK in header
