"""Each registry has a sample that becomes the push of a tag, another one each time."""

import pytest
from pydantic import TypeAdapter

from console.explanation.registries import explain
from console.local.demonstration import registries
from ingest.registries import REGISTRIES
from shared.source_list import Sources

# They say nothing that would be another thing the next time, or do so once a second.
SAME = {"aliyun-acr", "artifactory", "dockerhub", "quay"}


def test_there_is_a_sample_of_each() -> None:
    assert registries.names() == sorted(REGISTRIES)


@pytest.mark.parametrize("name", registries.names())
def test_a_sample_becomes_a_push_of_a_tag(name: str) -> None:
    explanation = explain(name, registries.sample(name))
    assert (explanation.ignored, explanation.error) == (None, None)
    (event,) = explanation.events
    assert event.tracking == "push_tag"
    assert event.tag == "v1"
    assert event.repository.startswith("demo/")


@pytest.mark.parametrize("name", [one for one in registries.names() if one not in SAME])
def test_a_sample_is_another_event_each_time(name: str) -> None:
    ids = {explain(name, registries.sample(name)).events[0].event_id for _ in range(2)}
    assert len(ids - {None}) == 2


def test_the_sources_are_settings_that_ingest_takes() -> None:
    settings = registries.settings(registries.names(), "open-sesame-open-sesame")
    sources = TypeAdapter(Sources).validate_python(settings["REGISTRY_EVENTS_SOURCES"])
    assert [one.registry for one in sources] == registries.names()
    assert registries.settings([], "x") == {}


def test_all_are_chosen_or_those_that_are_named() -> None:
    assert registries.chosen(["all"]) == registries.names()
    assert registries.chosen(["quay", "quay"]) == ["quay"]
    assert registries.chosen([]) == []
