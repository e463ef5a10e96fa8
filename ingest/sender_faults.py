"""What senders did wrong lately, for the operator: a memory that none of them can make grow."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# Seconds after the last one. Registries repeat what was refused within a few of them.
MEMORY: Final = 300.0
_ADDRESSES: Final = 3


class SenderFault(StrEnum):
    """What is wrong with a notification until its sender, or a setting, is mended."""

    TOKEN = "token"  # noqa: S105  the name of a fault
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

    def document(self) -> dict[str, dict[str, object]]:
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
