"""Which texts are paths of repositories.

The grammar of https://github.com/distribution/reference: components of [a-z0-9]+ joined by one of
".", "_", "__" or any run of "-".
"""

import re
from functools import lru_cache
from typing import Final

from shared.invalid_event import InvalidEventError

_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
PATTERN: Final = rf"{_COMPONENT}(?:/{_COMPONENT})*"
LONGEST: Final = 255
_REPOSITORY: Final = re.compile(PATTERN)


def check(path: str | None, field: str) -> None:
    """Raises InvalidEventError, which names the field, unless this is a repository's path."""
    if not path:
        raise InvalidEventError.at(field, "is missing")
    if not is_path(path):
        raise InvalidEventError.at(field, "is not a repository path", path)


def is_path(path: str) -> bool:
    """Whether a registry can have a repository of this name."""
    return len(path) <= LONGEST and _matches(path)


# Of short ones only: what it remembers is as long as a sender likes.
@lru_cache(1_000)
def _matches(path: str) -> bool:
    return bool(_REPOSITORY.fullmatch(path))
