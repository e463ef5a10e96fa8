import json
import re
from typing import Any

import pytest
import yaml

from tests.exposed import EXPOSED
from tests.unit.deploy.shipped import DEPLOY

_OF_RABBITMQ = {
    "rabbitmq_detailed_queue_consumers",
    "rabbitmq_detailed_queue_messages_ready",
}


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    dashboard = json.loads((DEPLOY / "grafana/registry-events.json").read_text())
    panels: list[dict[str, Any]] = dashboard["panels"]
    return panels


def _expressions() -> dict[str, list[str]]:
    alerts = {rule["alert"]: [rule["expr"]] for rule in _rules()}
    panels = {panel["title"]: [one["expr"] for one in panel["targets"]] for panel in _panels()}
    return alerts | panels


def _labels() -> dict[str, set[str]]:
    """By each series of ours."""
    found: dict[str, set[str]] = {}
    for shown in EXPOSED.values():
        for one in shown:
            for series in one.series:
                found.setdefault(series, {"le"}).update(one.labels)
    return found


@pytest.mark.parametrize("place", _expressions())
def test_every_metric_is_one_that_somebody_exposes(place: str) -> None:
    named = re.findall(r"\b(?:registry_events|rabbitmq)_\w+", " ".join(_expressions()[place]))
    assert named
    assert set(named) - _labels().keys() - _OF_RABBITMQ == set()


@pytest.mark.parametrize("place", _expressions())
def test_what_is_selected_by_is_a_label_of_its_metric(place: str) -> None:
    known = _labels()
    for expression in _expressions()[place]:
        for name, selector in re.findall(r"\b(registry_events_\w+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)[=!]", selector)) <= known[name]


@pytest.mark.parametrize("place", _expressions())
def test_what_is_grouped_by_is_a_label_of_each_metric_there(place: str) -> None:
    known = _labels()
    # Of the scraping; the queue is RabbitMQ's.
    others = {"job", "instance", "queue"}
    for expression in _expressions()[place]:
        grouped = re.findall(r"by \(([^)]*)\)\s*\((?:\w+\(|)\s*(registry_events_\w+)", expression)
        for labels, name in grouped:
            assert set(re.split(r",\s*", labels)) - others <= known[name]


def test_what_a_text_tells_is_what_its_expression_is_grouped_by() -> None:
    texts = {rule["alert"]: rule["annotations"]["summary"] for rule in _rules()}
    told = {place: re.findall(r"\$labels\.(\w+)", text) for place, text in texts.items()}
    for panel in _panels():
        legends = " ".join(one["legendFormat"] for one in panel["targets"])
        told[panel["title"]] = re.findall(r"\{\{(\w+)\}\}", legends)
    assert {"source"} in map(set, told.values())
    for place, labels in told.items():
        grouped = " ".join(re.findall(r"by \(([^)]*)\)", " ".join(_expressions()[place])))
        assert set(labels) <= set(re.findall(r"\w+", grouped)), place


@pytest.mark.parametrize(
    "place",
    [
        "RegistryEventsUnauthorized",
        "RegistryEventsSourceSilent",
        "Dead letters by source",
        "Events settled by source",
        "Notifications refused by source",
    ],
)
def test_what_tells_something_of_a_registry_names_its_source(place: str) -> None:
    assert all("by (source" in expression for expression in _expressions()[place])


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_to_do_and_how_urgent_it_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    # What is wrong, and what to do about it: two sentences at least.
    assert re.search(r"[.?] \w.*\.$", rule["annotations"]["summary"])


def test_panels_do_not_overlap_and_have_ids_of_their_own() -> None:
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in _panels()}
    assert len(places) == len({panel["id"] for panel in _panels()}) == len(_panels())
