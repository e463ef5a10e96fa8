"""Where a registry and what is recorded of it differ. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from geo.reconciling.tags import Recorded
from geo.registry.descriptor import Descriptor


class Kind(StrEnum):
    """Which way it is.

    UNRECORDED: a push was lost. MOVED: that, or two pushes of one tag raced. GONE: a delete was
    lost, or the registry said nothing, as of what expires or is collected.
    """

    UNRECORDED = "unrecorded"
    MOVED = "moved"
    GONE = "gone"


class Drift(NamedTuple):
    """One tag. `found` is what the registry has, None if nothing; `recorded` the last of it."""

    kind: Kind
    repository: str
    tag: str
    found: Descriptor | None
    recorded: Recorded | None


def compare(
    repository: str, found: Mapping[str, Descriptor], recorded: Mapping[str, Recorded]
) -> Iterator[Drift]:
    """How the tags of a repository differ, in their order; `found` has to be all of them."""
    for tag in sorted(found.keys() | recorded.keys()):
        if one := drift(repository, tag, found.get(tag), recorded.get(tag)):
            yield one


def drift(
    repository: str, tag: str, found: Descriptor | None, recorded: Recorded | None
) -> Drift | None:
    """How one tag differs; None if it does not."""
    if recorded is None or not recorded.is_there:
        return Drift(Kind.UNRECORDED, repository, tag, found, recorded) if found else None
    if recorded.agrees_with(found.digest if found else None):
        return None
    return Drift(Kind.MOVED if found else Kind.GONE, repository, tag, found, recorded)


def is_still(first: Drift, second: Drift | None) -> bool:
    """Whether a second look shows the same, so that nothing of it is on its way."""
    return second is not None and _content(first) == _content(second)


def _content(one: Drift) -> tuple[object, ...]:
    return one.kind, one.found and one.found.digest, one.recorded and one.recorded.event_id
