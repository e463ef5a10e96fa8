"""What Distribution 3 and GitLab's registry send goes through the route of today, as it is."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.translation import Body, Notification, Translated, translate
from shared.event import Event
from shared.text import from_bytes
from tests.samples import DATA

SAMPLES = sorted([*DATA.glob("distribution3/*.json"), *DATA.glob("gitlab/*.json")])
# As the sample names it, and as an event does.
FIELDS = {
    "action": "action",
    "repository": "repository",
    "tag": "tag",
    "digest": "digest",
    "media_type": "media_type",
    "actor": "actor",
    "registry_host": "request_host",
    "event_id": "id",
}


def event_of(one: Translated) -> Event:
    assert one.message
    return Event.parse(from_bytes(one.message.body))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_gives_its_events(path: Path) -> None:
    sample: Any = json.loads(path.read_text())
    body = Body.whole(sample["request"]["body"].encode())
    translated = list(translate(Notification(body, datetime(2026, 11, 28, tzinfo=UTC))))
    assert not any(one.reason for one in translated)
    for one, expected in zip(translated, sample["expect"], strict=True):
        event = event_of(one)
        told = {name: getattr(event, field) or None for name, field in FIELDS.items()}
        assert told == {name: expected[name] for name in FIELDS}
        assert event.timestamp == datetime.fromisoformat(expected["occurred_at"])


def test_a_rename_has_to_arrive() -> None:
    sample = json.loads((DATA / "gitlab" / "rename.json").read_text())
    body = Body.whole(sample["request"]["body"].encode())
    (one,) = translate(Notification(body, datetime(2026, 11, 28, tzinfo=UTC)))
    assert one.message
    assert one.message.mandatory
    event = event_of(one)
    assert (event.repository, event.renamed_to) == ("group/old/app", "group/new/app")


def test_both_registries_have_samples() -> None:
    assert {path.parent.name for path in SAMPLES} == {"distribution3", "gitlab"}
