"""What a registry is to ingest: how its requests are read, and what they can say."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from ingest.registries.adapter import Read, Sent

# Of a handshake: the value of the JSON that is its answer; None if it is none.
Answer = Callable[[Sent], object | None]


class Says(StrEnum):
    """How well a registry says a thing; DERIVED and RECEIPT are of ids and times."""

    EXACT = "exact"
    PARTLY = "partly"
    DERIVED = "derived"
    RECEIPT = "on receipt"
    NEVER = "never"


class Reports(NamedTuple):
    """What can be known of a registry's changes, for the table in the README."""

    push_tag: Says
    push_untagged: Says
    delete_manifest: Says
    delete_tag: Says
    pull: Says
    digest: Says
    actor: Says
    time: Says
    id: Says


def no_answer(_: Sent) -> None:
    """Of a registry that knows no handshake."""


class Option(NamedTuple):
    """What a source's `options` may tell an adapter: one value changes something, `says` what."""

    name: str
    value: str
    says: str

    def is_chosen(self, options: Mapping[str, str]) -> bool:
        return options.get(self.name) == self.value


class Registry(NamedTuple):
    """`name` is that of the route and of the folder of its samples, `label` its own."""

    name: str
    label: str
    read: Read
    reports: Reports
    answer: Answer = no_answer
    options: Sequence[Option] = ()
