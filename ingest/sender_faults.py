"""What senders did wrong lately, for the operator: a memory that none of them can make grow."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

# Seconds after the last one. Registries repeat what was refused within a few of them.
MEMORY: Final = 300.0
_ADDRESSES: Final = 3

Document = Mapping[str, Mapping[str, Any]]


class SenderFault(StrEnum):
    """What is wrong with a notification until its sender, or a setting, is mended."""

    TOKEN = "token"  # noqa: S105  the name of a fault
    PROOF = "proof"
    TOO_LARGE = "too_large"


@dataclass(slots=True)
class _Series:
    """Faults of one kind with no long pause between them; `addresses` end in the latest."""

    first: float
    last: float
    count: int = 0
    addresses: list[str] = field(default_factory=list)
    others: bool = False


class SenderFaults:
    """Counts the faults of each kind until there was none for MEMORY seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._series: dict[SenderFault, _Series] = {}

    def note(self, fault: SenderFault, remote: str | None) -> None:
        """One more; `remote` is the peer's address by the network, never by a header."""
        now = self._clock()
        series = self._series.get(fault)
        if series is None or now - series.last > MEMORY:
            series = self._series[fault] = _Series(first=now, last=now)
        series.count += 1
        series.last = now
        if remote:
            kept = [address for address in series.addresses if address != remote]
            series.others |= len(kept) >= _ADDRESSES
            series.addresses = [*kept, remote][-_ADDRESSES:]

    def document(self) -> Document:
        """By kind: how many, from where, and ages in seconds, which need no common clock."""
        now = self._clock()
        return {
            fault.value: {
                "count": series.count,
                "first_age": now - series.first,
                "last_age": now - series.last,
                "addresses": series.addresses,
                "others": series.others,
            }
            for fault, series in self._series.items()
            if now - series.last <= MEMORY
        }


def together(documents: Sequence[Document]) -> Document:
    """The document of several processes as if they were one."""
    kinds = dict.fromkeys(kind for document in documents for kind in document)
    return {
        kind: _one([document[kind] for document in documents if kind in document]) for kind in kinds
    }


def _one(series: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    # The addresses of the latest fault come last.
    in_order = sorted(series, key=lambda one: one["last_age"], reverse=True)
    addresses = [address for one in in_order for address in one["addresses"]]
    kept = list(dict.fromkeys(reversed(addresses)))[::-1]
    return {
        "count": sum(one["count"] for one in series),
        "first_age": max(one["first_age"] for one in series),
        "last_age": min(one["last_age"] for one in series),
        "addresses": kept[-_ADDRESSES:],
        "others": any(one["others"] for one in series) or len(kept) > _ADDRESSES,
    }
