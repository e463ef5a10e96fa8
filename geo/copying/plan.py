"""What is to be done so that a repository's tags are those of its source. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Plan(NamedTuple):
    """`put` is missing at the target, `compare` is on both sides, `surplus` the source has not.

    Which digests the tags of `compare` stand for is asked when it is their turn, and not before:
    a tag may move at any time.
    """

    put: Sequence[str]
    compare: Sequence[str]
    surplus: Sequence[str]


def plan(source: Collection[str], target: Collection[str]) -> Plan:
    """Both are all tags of a side, each once."""
    ours, theirs = set(source), set(target)
    return Plan(
        [tag for tag in source if tag not in theirs],
        [tag for tag in source if tag in theirs],
        [tag for tag in target if tag not in ours],
    )


def in_phases(tags: Collection[str]) -> Sequence[Sequence[str]]:
    """Signatures and what else is attached first: nobody shall see an image that lacks them.

    They stand behind tags of their subject's digest, `sha256-<hex>.sig` or the fallback tag of
    https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#referrers-tag-schema
    """
    attached = [tag for tag in tags if tag.startswith(("sha256-", "sha512-"))]
    known = set(attached)
    return [attached, [tag for tag in tags if tag not in known]]
