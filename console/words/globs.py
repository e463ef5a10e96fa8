"""Globs of `*` and `?` as Postgres reads them. Pure."""

from collections.abc import Sequence
from typing import Final

from shared.text import storable

_LIKE: Final = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\", "*": "%", "?": "_"})


def like(glob: str) -> str:
    """As a pattern of LIKE."""
    return storable(glob).translate(_LIKE)


def literal(glob: str) -> str:
    """How all that the glob matches begins."""
    ends: Sequence[int] = [glob.index(sign) for sign in "*?" if sign in glob]
    return storable(glob[: min(ends, default=len(glob))])
