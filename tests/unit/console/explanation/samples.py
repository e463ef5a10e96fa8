"""The samples of registries, and what `explain` is to say of them."""

from pathlib import Path
from typing import Any, Final

from console.explanation.registries import LABELS

DATA: Final = Path(__file__).parents[3] / "data" / "registries"
SAMPLES: Final = [one for one in sorted(DATA.glob("*/*.json")) if one.parent.name in LABELS]
TOLD: Final = (
    "action", "repository", "tag", "digest", "media_type", "kind", "actor", "occurred_at",
    "event_id", "tracking",
)  # fmt: skip


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def expected(sample: Any) -> dict[str, Any]:
    """The document of a sample; a push that may create is told as `push_repository`."""
    expect = sample["expect"]
    if isinstance(expect, dict):
        return {"events": [], "ignored": expect["ignored"]}
    events = [{told: one[told] for told in TOLD} for one in expect]
    for one in events:
        one["tracking"] = one["tracking"] and one["tracking"].partition(" ")[0]
    return {"events": events, "ignored": None}
