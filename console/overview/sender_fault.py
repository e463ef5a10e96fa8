"""What an ingest says of notifications that it refused or cut."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SenderFault:
    """Notifications with one kind of fault, and a few of the addresses that they came from."""

    kind: str
    count: int
    first_age: float
    last_age: float
    addresses: Sequence[str] = ()
    others: bool = False
