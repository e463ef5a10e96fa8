import re
from typing import Any

import pytest
from aiohttp import web

from ingest.metrics import IngestMetrics
from shared import health
from shared.amqp.shards import queue_of
from shared.amqp.topology import DEAD_QUEUE, PULLS_QUEUE
from shared.reporting import always_ready
from shared.settings import Settings
from tests.unit.deploy.shipped import kubernetes, pods

_SERVICES = tuple(
    f"registry-events-{one}"
    for one in ("exporter", "forward", "geo-serve", "geo-sync", "ingest", "worker")
)
_ONCE = ("registry-events-maintain", "registry-events-migrate", "registry-events-reconcile")
_NAMES = (*_SERVICES, *_ONCE)


def _container(name: str) -> dict[str, Any]:
    (container,) = pods()[name]["containers"]
    assert isinstance(container, dict)
    return container


def test_each_process_has_pods() -> None:
    assert sorted(pods()) == sorted(_NAMES)


@pytest.mark.parametrize("name", _NAMES)
def test_pods_run_without_privileges(name: str) -> None:
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 65532
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert _container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", _NAMES)
def test_no_variables_of_services_reach_the_program(name: str) -> None:
    assert pods()[name]["enableServiceLinks"] is False


@pytest.mark.parametrize("name", _NAMES)
def test_every_secret_file_is_mounted_and_in_the_secret(name: str) -> None:
    (mount,) = (one for one in _container(name)["volumeMounts"] if one["name"] == "secrets")
    (volume,) = (one for one in pods()[name]["volumes"] if one["name"] == "secrets")
    (secret,) = (document for document in kubernetes() if document["kind"] == "Secret")
    read = {one["value"] for one in _container(name)["env"] if one["name"].endswith("_FILE")}
    mounted = {item["path"]: item["key"] for item in volume["secret"]["items"]}
    assert read == {f"{mount['mountPath']}/{path}" for path in mounted}
    assert volume["secret"]["secretName"] == secret["metadata"]["name"]
    assert set(mounted.values()) <= set(secret["stringData"])


@pytest.mark.parametrize("name", _SERVICES)
def test_probes_ask_for_pages_that_exist_on_the_port_that_is_listened_on(name: str) -> None:
    app = web.Application()
    health.add_routes(app, look=always_ready, registry=IngestMetrics().registry)
    pages = {resource.canonical for resource in app.router.resources()}
    container = _container(name)
    (port,) = container["ports"]
    (listen,) = (one["value"] for one in container["env"] if one["name"].endswith("_LISTEN"))
    assert listen == f"0.0.0.0:{port['containerPort']}"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in pages
        assert container[probe]["httpGet"]["port"] == port["name"]


def test_a_broker_that_is_away_does_not_restart_anything() -> None:
    for name in _SERVICES:
        assert _container(name)["livenessProbe"]["httpGet"]["path"] == "/health/live"


def test_a_worker_may_drain_before_it_is_killed() -> None:
    grace = pods()["registry-events-worker"]["terminationGracePeriodSeconds"]
    assert grace > Settings.model_construct().worker_drain_timeout


def test_a_forward_may_hear_an_answer_before_it_is_killed() -> None:
    grace = pods()["registry-events-forward"]["terminationGracePeriodSeconds"]
    assert grace > Settings.model_construct().forward_timeout


def test_selectors_select_what_is_there() -> None:
    labels = [
        document["spec"]["template"]["metadata"]["labels"].items()
        for document in kubernetes()
        if document["kind"] == "Deployment"
    ]
    for document in kubernetes():
        if document["kind"] in {"Service", "PodDisruptionBudget"}:
            selector = document["spec"]["selector"]
            wanted = selector.get("matchLabels", selector).items()
            assert [one for one in labels if wanted <= one], document["kind"]


def test_keda_counts_what_workers_hold() -> None:
    (scaled,) = (document for document in kubernetes() if document["kind"] == "ScaledObject")
    (trigger,) = scaled["spec"]["triggers"]
    assert scaled["spec"]["scaleTargetRef"]["name"] in pods()
    assert trigger["metadata"]["protocol"] == "http"
    queues = re.compile(trigger["metadata"]["queueName"])
    assert all(queues.search(queue_of(shard)) for shard in range(32))
    assert not queues.search(DEAD_QUEUE)
    assert not queues.search(PULLS_QUEUE)
    assert (trigger["metadata"]["useRegex"], trigger["metadata"]["operation"]) == ("true", "sum")
    assert trigger["metadata"]["excludeUnacknowledged"] == "false"
