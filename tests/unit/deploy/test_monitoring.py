import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from forward.metrics import ForwardMetrics
from ingest.metrics import IngestMetrics
from tests.unit.deploy.shipped import DEPLOY
from worker.metrics import WorkerMetrics

_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
_OF_RABBITMQ = {
    "rabbitmq_detailed_queue_consumers",
    "rabbitmq_detailed_queue_messages",
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


def _series(registry: CollectorRegistry) -> Iterator[str]:
    for metric in registry.collect():
        yield from (metric.name + suffix for suffix in _SUFFIXES.get(metric.type, ()))


@pytest.mark.parametrize("place", _expressions())
def test_every_metric_is_one_that_somebody_exposes(place: str) -> None:
    processes = (ForwardMetrics(), IngestMetrics(), WorkerMetrics())
    known = {series for process in processes for series in _series(process.registry)}
    named = re.findall(r"\b(?:registry_events|rabbitmq)_\w+", " ".join(_expressions()[place]))
    assert named
    assert set(named) - known - _OF_RABBITMQ == set()


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_to_do_and_how_urgent_it_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    # What is wrong, and what to do about it: two sentences at least.
    assert re.search(r"[.?] \w.*\.$", rule["annotations"]["summary"])


def test_panels_do_not_overlap_and_have_ids_of_their_own() -> None:
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in _panels()}
    assert len(places) == len({panel["id"] for panel in _panels()}) == len(_panels())
