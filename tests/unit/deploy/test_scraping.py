"""Prometheus finds what has figures, by its operator or by annotations, and its rules are ours."""

import textwrap
from typing import Any

import yaml

from tests.unit.deploy.kustomized import OVERLAYS, Document, built, everything, template
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


def test_over_tls_all_who_ask_ingest_know_it() -> None:
    """With components/tls; without it nobody is told of TLS."""
    (ingest,) = (one for one in everything() if _is_ingest(one, "Deployment"))
    (service,) = (one for one in everything() if _is_ingest(one, "Service"))
    (container,), annotations = (
        template(ingest)["spec"]["containers"],
        template(ingest)["metadata"]["annotations"],
    )
    (port,), (served,) = container["ports"], service["spec"]["ports"]
    (scraped,) = (one for one in _one("PodMonitor")["podMetricsEndpoints"] if "scheme" in one)
    files = {one["name"]: one["value"] for one in container["env"]}
    (secret,) = (one for one in template(ingest)["spec"]["volumes"] if one["name"] == "tls")
    (mount,) = (one for one in container["volumeMounts"] if one["name"] == "tls")
    for name, key in (("CERT", "tls.crt"), ("KEY", "tls.key")):
        assert files[f"REGISTRY_EVENTS_INGEST_TLS_{name}"] == f"{mount['mountPath']}/{key}"
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    assert {container[one]["httpGet"]["scheme"] for one in probes} == {"HTTPS"}
    assert (served["name"], served["targetPort"]) == ("https", port["name"])
    assert (scraped["port"], scraped["scheme"]) == (port["name"], "https")
    assert annotations["prometheus.io/scheme"] == "https"
    trusted = scraped["tlsConfig"]
    assert trusted["serverName"] == service["metadata"]["name"]
    assert trusted["ca"]["secret"]["name"] == secret["secret"]["secretName"]
    for overlay in OVERLAYS:
        assert "https" not in str(built(overlay)).lower()


def _is_ingest(document: Document, kind: str) -> bool:
    return (document["kind"], document["metadata"]["name"]) == (kind, "registry-events-ingest")
