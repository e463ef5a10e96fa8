import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from console.dead_letters.queue import visit
from console.web import static_files
from geo.serving import app as geo_serve
from ingest import app as ingest
from ingest.metrics import IngestMetrics
from shared import health
from shared.amqp.shards import queue_of
from shared.amqp.topology import DEAD_QUEUE, PULLS_QUEUE
from shared.configuration import load
from shared.reporting import always_ready
from shared.settings import Settings
from tests.unit.deploy.kustomized import OVERLAYS, Document, built, everything
from tests.unit.deploy.shipped import DEPLOY, kubernetes, pods

_DEFAULTS = Settings.model_construct()
_MOUNTED = "/run/secrets/registry-events"
# Seconds to close connections.
_CLOSING = 5.0

_SERVICES = tuple(
    f"registry-events-{one}"
    for one in ("exporter", "forward", "geo-serve", "geo-sync", "ingest", "worker")
)
_CONSOLE = "registry-events-console"
_ONCE = ("registry-events-maintain", "registry-events-migrate", "registry-events-reconcile")
_NAMES = (*_SERVICES, *_ONCE, _CONSOLE)


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


@pytest.mark.parametrize("name", _NAMES)
def test_the_environment_is_one_that_the_process_can_use(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secret,) = (document for document in kubernetes() if document["kind"] == "Secret")
    for key, text in secret["stringData"].items():
        (tmp_path / key).write_text(text)
    for one in _container(name)["env"]:
        monkeypatch.setenv(one["name"], one["value"].replace(_MOUNTED, str(tmp_path)))
    load(())


@pytest.mark.parametrize("name", [*_SERVICES, _CONSOLE])
def test_probes_ask_for_pages_that_exist_on_the_port_that_is_listened_on(name: str) -> None:
    app = web.Application()
    health.add_routes(app, look=always_ready, registry=IngestMetrics().registry)
    pages = {resource.canonical for resource in app.router.resources()}
    pages = set(static_files.FILES) if name == _CONSOLE else pages
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


@pytest.mark.parametrize("name", [*_SERVICES, _CONSOLE])
def test_a_process_may_start_while_its_servers_let_it_wait(name: str) -> None:
    settings = Settings.model_construct()
    probe = _container(name)["startupProbe"]
    seconds = probe["periodSeconds"] * probe["failureThreshold"]
    assert seconds > settings.database_timeout + settings.amqp_heartbeat


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        (_CONSOLE, visit.PUT_BACK),
        ("registry-events-exporter", visit.PUT_BACK),
        ("registry-events-forward", _DEFAULTS.forward_timeout),
        ("registry-events-geo-serve", geo_serve.DRAIN_TIMEOUT),
        ("registry-events-geo-sync", _DEFAULTS.database_timeout),
        ("registry-events-ingest", ingest.DRAIN_TIMEOUT),
        ("registry-events-worker", _DEFAULTS.worker_drain_timeout),
    ],
)
def test_a_process_may_end_what_it_has_in_hand_before_it_is_killed(
    name: str, seconds: float
) -> None:
    before = _container(name).get("lifecycle", {}).get("preStop", {}).get("exec", {})
    slept = sum(float(one) for one in before.get("command", ["sleep", "0"])[1:])
    assert pods()[name]["terminationGracePeriodSeconds"] >= slept + seconds + _CLOSING


def test_no_registry_meets_a_closed_port_in_a_rollout() -> None:
    container = _container("registry-events-ingest")
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "5"]


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


def _scaled_by(kind: str) -> str:
    (scaled,) = (one for one in kubernetes() if one["kind"] == kind)
    name: str = scaled["spec"]["scaleTargetRef"]["name"]
    return name


def _replicas(documents: Iterable[Document]) -> dict[str, int | None]:
    return {
        one["metadata"]["name"]: one["spec"].get("replicas")
        for one in documents
        if one["kind"] == "Deployment"
    }


def test_applying_it_again_does_not_undo_what_was_scaled() -> None:
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        assert _replicas(everything())[_scaled_by(kind)] is None


def test_without_keda_there_are_workers_all_the_same() -> None:
    for overlay in OVERLAYS:
        has_keda = any(one["kind"] == "ScaledObject" for one in built(overlay))
        assert (_replicas(built(overlay))["registry-events-worker"] == 2) is not has_keda


def test_a_node_can_be_drained_and_somebody_takes_notifications_meanwhile() -> None:
    budgets = [one for one in kubernetes() if one["kind"] == "PodDisruptionBudget"]
    assert len(budgets) == 3
    for one in budgets:
        assert one["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    (least,) = (one["spec"]["minAvailable"] for one in budgets if "minAvailable" in one["spec"])
    (scaled,) = (one for one in kubernetes() if one["kind"] == "HorizontalPodAutoscaler")
    assert scaled["spec"]["scaleTargetRef"]["name"] == "registry-events-ingest"
    assert scaled["spec"]["minReplicas"] > least


def test_migrations_can_be_applied_alone() -> None:
    """As deploy/README.md does, by a label: a Job and nothing else."""
    label = "app.kubernetes.io/component"
    migrate = [one for one in everything() if one["metadata"]["labels"].get(label) == "migrate"]
    assert [one["kind"] for one in migrate] == ["Job"]
    assert f"-l {label}=migrate" in (DEPLOY / "README.md").read_text()


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
