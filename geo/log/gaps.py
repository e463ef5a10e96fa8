"""Whether a page of the log misses anything. Pure."""

from collections.abc import Sequence


def first_gap(ids: Sequence[int], after: int, until: int) -> int | None:
    """The first id that `ids`, in their order, miss of those after `after` up to `until`."""
    for expected, found in enumerate(ids, after + 1):
        if found != expected:
            return expected
    following = after + len(ids) + 1
    return following if following <= until else None
