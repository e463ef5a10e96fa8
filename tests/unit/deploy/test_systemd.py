import shutil
import subprocess
from pathlib import Path

import pytest

from console.supervision.assignment import GRACE
from ingest import app as ingest
from shared.settings import Settings
from tests.unit.deploy.shipped import DEPLOY, UNITS, seconds, unit_lines

NEEDS_SYSTEMD = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not there"
)
# What systemd's own units refer to.
TARGETS = ("basic", "multi-user", "network-online", "shutdown", "sysinit", "timers")
# Tenths; 1.5 of 10, where what is left is that they have the network and the host's root directory.
EXPOSURE = 15
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


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_what_runs_on_says_when_it_is_ready_and_that_it_goes_on(unit: str) -> None:
    path = DEPLOY / "systemd" / unit
    runs_on = unit_lines(path, "Type") != ["oneshot"]
    assert unit_lines(path, "Type") == ["notify" if runs_on else "oneshot"]
    assert len(unit_lines(path, "WatchdogSec")) == runs_on
    if runs_on and "console" not in unit:
        # Else it would be ended again and again while the broker or the database is away.
        assert unit_lines(path, "TimeoutStartSec") == ["infinity"]


def test_no_transaction_outlasts_the_watchdog_of_a_worker() -> None:
    (watchdog,) = unit_lines(DEPLOY / "systemd/registry-events-worker@.service", "WatchdogSec")
    assert seconds(watchdog) > 2 * Settings.model_construct().database_timeout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the units lie as on a host, whose own are not asked."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(DEPLOY / "systemd", root / "etc/systemd/system")
    command = root / "opt/registry-events/bin/registry-events"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    targets = root / "usr/lib/systemd/system"
    targets.mkdir(parents=True)
    for target in TARGETS:
        (targets / f"{target}.target").write_text("[Unit]\nDescription=one of systemd's own\n")
    return root


def instances() -> list[str]:
    units = [*UNITS, *(DEPLOY / "systemd").glob("*.timer")]
    return sorted(unit.name.replace("@.", "@8081.") for unit in units)


def analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


@NEEDS_SYSTEMD
def test_systemd_understands_every_unit(root: Path) -> None:
    done = analyzed("verify", "--man=no", f"--root={root}", *instances())
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@NEEDS_SYSTEMD
def test_no_unit_is_exposed(root: Path) -> None:
    services = [unit for unit in instances() if unit.endswith(".service")]
    bound = ("--offline=true", f"--root={root}", f"--threshold={EXPOSURE}", "--no-pager")
    done = analyzed("security", *bound, *services)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Overall exposure level") == len(services)
