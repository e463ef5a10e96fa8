"""The registries whose requests can be explained: those with an adapter, and Distribution's kin."""

from collections.abc import Mapping
from typing import Final

from console.explanation import adapted, distribution
from console.explanation.explained import Explanation
from ingest.registries import REGISTRIES
from ingest.registries.adapter import Sent

LABELS: Final[Mapping[str, str]] = dict(
    sorted({**distribution.LABELS, **{one.name: one.label for one in REGISTRIES.values()}}.items())
)


def explain(name: str, sent: Sent) -> Explanation:
    """What a request of the registry becomes; never raises, whatever it holds."""
    registry = REGISTRIES.get(name)
    return adapted.explain(registry, sent) if registry else distribution.explain(sent)
