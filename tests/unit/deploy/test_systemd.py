import pytest

from console.supervision.assignment import GRACE
from ingest import app as ingest
from shared.settings import Settings
from tests.unit.deploy.shipped import DEPLOY, UNITS, seconds, unit_lines

_DRAIN_OF_A_WORKER = Settings.model_construct().worker_drain_timeout


def test_each_process_has_a_unit() -> None:
    assert [unit.name for unit in UNITS] == [
        "registry-events-console.service",
        "registry-events-exporter.service",
        "registry-events-forward.service",
        "registry-events-geo-serve.service",
        "registry-events-geo-sync.service",
        "registry-events-ingest.service",
        "registry-events-maintain.service",
        "registry-events-migrate.service",
        "registry-events-reconcile@.service",
        "registry-events-worker@.service",
    ]


def test_each_timer_has_a_unit_that_nothing_else_starts() -> None:
    timers = sorted((DEPLOY / "systemd").glob("*.timer"))
    assert [timer.with_suffix(".service").name for timer in timers] == [
        unit.name for unit in UNITS if not unit_lines(unit, "WantedBy")
    ]


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_units_never_run_as_root(unit: str) -> None:
    path = DEPLOY / "systemd" / unit
    assert unit_lines(path, "DynamicUser") == ["yes"]
    assert unit_lines(path, "User") == []


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_every_secret_file_is_a_credential_of_the_unit(unit: str) -> None:
    path = DEPLOY / "systemd" / unit
    credentials = {line.partition(":")[0] for line in unit_lines(path, "LoadCredential")}
    files = {line.partition("=")[2] for line in unit_lines(path, "Environment")}
    assert files == {f"%d/{name}" for name in credentials}


def test_each_worker_of_a_host_has_a_health_port_of_its_own() -> None:
    (command,) = unit_lines(DEPLOY / "systemd/registry-events-worker@.service", "ExecStart")
    assert "--listen 127.0.0.1:%i" in command


@pytest.mark.parametrize("service", ["ingest", "worker@"])
def test_the_parent_of_several_processes_ends_them_itself(service: str) -> None:
    path = DEPLOY / f"systemd/registry-events-{service}.service"
    assert unit_lines(path, "KillMode") == ["mixed"]


def test_several_processes_may_end_before_they_are_killed() -> None:
    granted = {"ingest": ingest.DRAIN_TIMEOUT, "worker@": _DRAIN_OF_A_WORKER}
    for service, drain in granted.items():
        path = DEPLOY / f"systemd/registry-events-{service}.service"
        assert seconds(unit_lines(path, "TimeoutStopSec")[0]) > drain + GRACE


def test_a_worker_may_drain_before_it_is_killed() -> None:
    (grace,) = unit_lines(DEPLOY / "systemd/registry-events-worker@.service", "TimeoutStopSec")
    assert seconds(grace) > _DRAIN_OF_A_WORKER


def test_a_forward_may_hear_an_answer_before_it_is_killed() -> None:
    (grace,) = unit_lines(DEPLOY / "systemd/registry-events-forward.service", "TimeoutStopSec")
    assert seconds(grace) > Settings.model_construct().forward_timeout


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_a_failure_is_tried_again_but_wrong_settings_are_not(unit: str) -> None:
    path = DEPLOY / "systemd" / unit
    assert unit_lines(path, "Restart") == ["on-failure"]
    assert unit_lines(path, "RestartPreventExitStatus") == ["2"]
