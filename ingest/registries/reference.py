"""What a request calls an image: texts that name a repository, a tag or a digest."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

import msgspec

from ingest.registries.adapter import Unreadable, UnreadableRequestError

# In a shape: what has to be there, and not empty.
Name = Annotated[str, msgspec.Meta(min_length=1)]
_SHA256: Final = re.compile("[0-9a-f]{64}")


def tag(text: str | None) -> str | None:
    """None for a digest, which some registries give as the tag of what has none."""
    return None if not text or digest(text) else text


def digest(text: str | None) -> str | None:
    """None for anything else."""
    return text if text and text.startswith(("sha256:", "sha512:")) else None


def sha256(text: str | None) -> str | None:
    """The digest that the hexadecimal digits alone are of; None for anything else."""
    return f"sha256:{text}" if text and _SHA256.fullmatch(text) else None


def needed(text: str | None, what: str) -> str:
    """Raises UnreadableRequestError where it is missing or empty."""
    if not text:
        raise UnreadableRequestError(f"has no {what}")
    return text


def path_of(
    whole: str | None,
    namespace: str | None,
    name: str | None,
    *,
    what: str = "name of a repository",
) -> str:
    """The path of a repository: as a whole, or else made of its parts.

    Raises UnreadableRequestError where one of them is missing.
    """
    return whole or f"{needed(namespace, what)}/{needed(name, what)}"


def tags(told: Iterable[object]) -> Iterator[str | Unreadable]:
    """Each one once; what is none does not lose the others."""
    seen: set[str] = set()
    for one in told:
        if not isinstance(one, str) or not one:
            yield Unreadable("one of the tags is not a text")
        elif digest(one):
            yield Unreadable("one of the tags is a digest")
        elif one not in seen:
            seen.add(one)
            yield one
