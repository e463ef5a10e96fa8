"""What of `reconciled_tags` has to change, after a look at a repository. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from geo.reconciling.tags import Kept, Recorded
from geo.registry.descriptor import Descriptor


class Changes(NamedTuple):
    """Rows to write, and rows to delete if they are as they were read."""

    written: Sequence[Kept]
    deleted: Sequence[Kept]


def changes(
    repository: str,
    found: Mapping[str, Descriptor],
    recorded: Mapping[str, Recorded],
    kept: Sequence[Kept],
) -> Changes:
    """Only what differs from the rows there are, `kept`, which may be of former paths.

    Of a tag that drifts nothing is touched; `found` has to be all that there are.
    """
    agreed = dict(_agreed(repository, found, recorded))
    wanted = {one for one in agreed.values() if one}
    return Changes(
        sorted(wanted.difference(kept)),
        sorted(one for one in kept if one.tag in agreed and _is_over(one, agreed[one.tag])),
    )


def _agreed(
    repository: str, found: Mapping[str, Descriptor], recorded: Mapping[str, Recorded]
) -> Iterator[tuple[str, Kept | None]]:
    for tag, last in recorded.items():
        there = found.get(tag)
        if not last.agrees_with(there.digest if there else None):
            continue
        yield (
            tag,
            Kept(repository, tag, there.digest, last.occurred_at, last.event_id) if there else None,
        )


def _is_over(kept: Kept, wanted: Kept | None) -> bool:
    """Whether its key is not that of the row that is wanted."""
    return wanted is None or kept.repository != wanted.repository
