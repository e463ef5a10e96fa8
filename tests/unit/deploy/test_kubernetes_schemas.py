"""What the API server would refuse, or drop without a word."""

from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest

from tests.unit.deploy.kustomized import Document
from tests.unit.deploy.shipped import kubernetes

# The oldest that has all of these fields in use, as deploy/README.md says, and the newest.
_VERSIONS = ("1.27", "1.37")
# Of kinds that operators bring: the fields that their API documents have and that we use. So a
# mistyped one is found, but not a value of the wrong type.
_FIELDS = {
    "monitoring.coreos.com/v1/PodMonitor": {
        "jobLabel",
        "selector.matchLabels",
        "selector.matchExpressions.key",
        "selector.matchExpressions.operator",
        "selector.matchExpressions.values",
        "podMetricsEndpoints.port",
        "podMetricsEndpoints.path",
        "podMetricsEndpoints.interval",
        "podMetricsEndpoints.scheme",
        "podMetricsEndpoints.tlsConfig.serverName",
        "podMetricsEndpoints.tlsConfig.ca.secret.name",
        "podMetricsEndpoints.tlsConfig.ca.secret.key",
    },
    "monitoring.coreos.com/v1/PrometheusRule": {
        "groups.name",
        "groups.rules.alert",
        "groups.rules.expr",
        "groups.rules.for",
        "groups.rules.labels",
        "groups.rules.annotations",
    },
    "keda.sh/v1alpha1/ScaledObject": {
        "scaleTargetRef.name",
        "minReplicaCount",
        "maxReplicaCount",
        "cooldownPeriod",
        "triggers.type",
        "triggers.authenticationRef.name",
        "triggers.metadata",
    },
    "keda.sh/v1alpha1/TriggerAuthentication": {
        "secretTargetRef.parameter",
        "secretTargetRef.name",
        "secretTargetRef.key",
    },
}
# Whose keys are anybody's.
_FREE = {"annotations", "labels", "matchLabels", "metadata"}


def _kind(document: Document) -> str:
    return f"{document['apiVersion']}/{document['kind']}"


def _name(document: Document) -> str:
    return f"{document['kind']}-{document['metadata']['name']}"


_OWN = [one for one in kubernetes() if _kind(one) not in _FIELDS]
_CUSTOM = [one for one in kubernetes() if _kind(one) in _FIELDS]


@pytest.mark.parametrize("version", _VERSIONS)
@pytest.mark.parametrize("document", _OWN, ids=_name)
def test_documents_are_of_the_schema(document: Document, version: str) -> None:
    assert kubernetes_validate.validate(document, version, strict=True) == version


def test_a_field_that_does_not_exist_is_found() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"selectors": {}}}
    with pytest.raises(kubernetes_validate.ValidationError, match="selectors"):
        kubernetes_validate.validate(service, _VERSIONS[-1], strict=True)


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """Of every field, without the places in lists."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for one in value:
            yield from _paths(one, path)
    elif isinstance(value, dict) and path.rpartition(".")[2] not in _FREE:
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}".lstrip("."))
    else:
        yield path


@pytest.mark.parametrize("document", _CUSTOM, ids=_name)
def test_what_operators_bring_has_the_fields_of_its_api(document: Document) -> None:
    assert document.keys() == {"apiVersion", "kind", "metadata", "spec"}
    assert set(_paths(document["spec"])) <= _FIELDS[_kind(document)]


def test_all_that_is_shipped_has_a_name_of_ours() -> None:
    for document in kubernetes():
        assert document["metadata"]["name"].startswith("registry-events")
