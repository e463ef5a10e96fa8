"""Every sample of a registry gives exactly the events that it expects."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.registries import REGISTRIES
from ingest.registries.adapter import Change, Ignored, Sent

DATA = Path(__file__).parents[3] / "data" / "registries"
SAMPLES = [path for path in sorted(DATA.glob("*/*.json")) if path.parent.name in REGISTRIES]
COMPARED = ("action", "repository", "tag", "digest", "media_type", "kind", "actor", "event_id")


def sent(sample: Any) -> Sent:
    request = sample["request"]
    headers = {name.lower(): text for name, text in request["headers"].items()}
    return Sent(headers, request["body"].encode())


def moment(text: str | None) -> str:
    if text is None:
        return "received"
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_gives_its_events(path: Path) -> None:
    sample = json.loads(path.read_text())
    registry, expected = REGISTRIES[path.parent.name], sample["expect"]
    found = list(registry.read(sent(sample)))
    if isinstance(expected, dict):
        assert found == [Ignored(expected["ignored"])]
        return
    changes = [one for one in found if isinstance(one, Change)]
    assert len(changes) == len(found) == len(expected)
    for change, one in zip(changes, expected, strict=True):
        told = {name: getattr(change, name) or None for name in COMPARED}
        assert told == {name: one[name] or None for name in COMPARED}
        assert change.host == one["registry_host"]
        wanted = one["occurred_at"]
        assert moment(change.occurred_at) == (wanted if wanted == "received" else moment(wanted))


def test_every_registry_has_a_sample() -> None:
    assert {path.parent.name for path in SAMPLES} == set(REGISTRIES)
