"""When a repository that failed is tried again. Pure, but for the chance that spreads them."""

from datetime import timedelta
from random import uniform
from typing import Final

_FIRST: Final = 5.0
_LONGEST: Final = 3600.0
# 5 s doubled so often is beyond the longest.
_DOUBLINGS: Final = 10
# What failed together, since a registry was away, does not come again together.
_SPREAD: Final = 0.5


def again(attempts: int, after: float | None = None) -> timedelta:
    """After so many attempts before this one: from 5 s, doubled each time, up to an hour.

    Not before `after` seconds, which a registry may ask for.
    """
    longest = min(_FIRST * 2 ** min(attempts, _DOUBLINGS), _LONGEST)
    seconds = longest * uniform(1 - _SPREAD, 1)  # noqa: S311  no secret
    return timedelta(seconds=max(seconds, after or 0.0))
