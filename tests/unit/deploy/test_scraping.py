"""Prometheus finds what has figures, by its operator or by annotations, and its rules are ours."""

import textwrap
from typing import Any

import yaml

from tests.unit.deploy.kustomized import everything, template
from tests.unit.deploy.shipped import DEPLOY, pods

_ALERTS = DEPLOY / "prometheus" / "alerts.yml"
_MADE = DEPLOY / "kubernetes" / "components" / "monitoring" / "alerts.yaml"
_LABEL = "app.kubernetes.io/component"


def _one(kind: str) -> dict[str, Any]:
    (found,) = (one for one in everything() if one["kind"] == kind)
    spec: dict[str, Any] = found["spec"]
    return spec


def test_the_operator_has_the_alerts_as_they_are() -> None:
    _, _, rest = _MADE.read_text().partition("\nspec:\n")
    assert rest == textwrap.indent(_ALERTS.read_text(), "  "), "run `make alerts`"
    assert _one("PrometheusRule") == yaml.safe_load(_ALERTS.read_text())


def test_what_is_monitored_is_what_has_the_annotations() -> None:
    annotated = {}
    for one in everything():
        if one["kind"] == "Deployment":
            metadata = template(one)["metadata"]
            if metadata.get("annotations", {}).get("prometheus.io/scrape") == "true":
                annotated[metadata["labels"][_LABEL]] = metadata["annotations"][
                    "prometheus.io/port"
                ]
    (expression,) = _one("PodMonitor")["selector"]["matchExpressions"]
    assert expression == {"key": _LABEL, "operator": "In", "values": sorted(annotated)}
    for component, number in annotated.items():
        (container,) = pods()[f"registry-events-{component}"]["containers"]
        (port,) = container["ports"]
        assert str(port["containerPort"]) == number
        ports = [one["port"] for one in _one("PodMonitor")["podMetricsEndpoints"]]
        assert ports.count(port["name"]) == 1
