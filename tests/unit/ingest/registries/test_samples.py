"""Every sample of a registry gives exactly the events that it expects."""

from codecs import BOM_UTF8
from datetime import UTC, datetime

import pytest

from ingest.registries import REGISTRIES
from ingest.registries.adapter import Change, Ignored, Sent
from tests import samples

COMPARED = ("action", "repository", "tag", "digest", "media_type", "kind", "actor", "event_id")


def moment(text: str | None) -> str:
    if text is None:
        return "received"
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


@pytest.mark.parametrize("sample", samples.ALL, ids=lambda one: one.name)
def test_a_sample_gives_its_events(sample: samples.Sample) -> None:
    registry, expected = REGISTRIES[sample.registry], sample.expected
    headers = {name.lower(): text for name, text in sample.headers.items()}
    found = list(registry.read(Sent(headers, sample.body)))
    if isinstance(expected, dict):
        assert [one.reason for one in found if isinstance(one, Ignored)] == [expected["ignored"]]
        assert len(found) == 1
        return
    changes = [one for one in found if isinstance(one, Change)]
    assert len(changes) == len(found) == len(expected)
    for change, one in zip(changes, expected, strict=True):
        told = {name: getattr(change, name) or None for name in COMPARED}
        assert told == {name: one[name] or None for name in COMPARED}
        assert change.host == one["registry_host"]
        wanted = one["occurred_at"]
        assert moment(change.occurred_at) == (wanted if wanted == "received" else moment(wanted))


@pytest.mark.parametrize("sample", samples.ALL, ids=lambda one: one.name)
def test_a_byte_order_mark_before_it_is_passed_over(sample: samples.Sample) -> None:
    registry = REGISTRIES[sample.registry]
    sent = Sent({name.lower(): text for name, text in sample.headers.items()}, sample.body)
    marked = sent._replace(body=BOM_UTF8 + sample.body)
    assert list(registry.read(marked)) == list(registry.read(sent))
    assert registry.answer(marked) == registry.answer(sent)


def test_every_registry_has_a_sample() -> None:
    assert {one.registry for one in samples.ALL} == set(REGISTRIES)
