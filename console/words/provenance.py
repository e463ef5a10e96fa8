"""How an event came by its id or its time."""

from collections.abc import Mapping
from typing import Final

_FROM: Final[Mapping[str, str]] = {
    "native": "the body has it",
    "header": "a header has it",
    "derived": "derived from the body, the same at each repeat",
    "received": "made on receipt",
    "reconciled": "made by reconcile, which found that it is missing",
}


def told(known: str) -> str:
    """Of `id_from` or `time_from` of an origin; what is none of these as it is, not yet safe."""
    return _FROM.get(known, known)
