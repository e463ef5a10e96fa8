"""Whether what the source has no more may be deleted at the target. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Rule(NamedTuple):
    """What an operator has said; `share` is of the tags that the target has, from 0 to 1."""

    wanted: bool = False
    share: float = 0.2
    unlimited: bool = False


class Seen(NamedTuple):
    """Of one repository: how many tags a side has, and those of the source that led nowhere."""

    source: int
    target: int
    surplus: int
    unresolved: Sequence[str] = ()


def refusal(rule: Rule, seen: Seen) -> str | None:
    """Why none of the surplus may be deleted, in a sentence for an operator; None if all may be.

    An answer without tags, or with tags that lead nowhere, may be that of a registry whose storage
    is away: it says nothing of what was deleted, and no operator can vouch for it.
    """
    if not seen.source:
        return f"nothing was deleted ({_tags(seen.surplus)} more): the source names no tags"
    if seen.unresolved:
        first = seen.unresolved[0]
        return f"nothing was deleted ({_tags(seen.surplus)} more): {first} leads nowhere"
    if rule.unlimited or seen.surplus <= rule.share * seen.target:
        return None
    return (
        f"nothing was deleted: {seen.surplus} of {_tags(seen.target)} are more than "
        f"--max-delete {rule.share * 100:g}% allows, which --yes overrides"
    )


def _tags(count: int) -> str:
    return f"{count} tag" if count == 1 else f"{count} tags"
