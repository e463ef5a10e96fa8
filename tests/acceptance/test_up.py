"""`registry-events up` as a user runs it: events arrive, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from console.local.network.loopback import request
from console.local.processes.family import family, is_alive
from tests import in_memory

UP = [sys.executable, "-P", "-m", "registry_events", "up"]
SECONDS = 90
READY = "Ctrl-C stops everything"


@pytest.fixture
def data() -> Iterator[Path]:
    with in_memory.directory() as place:
        yield place / "data"


def environment() -> dict[str, str]:
    ours = ("REGISTRY_EVENTS_", "AMQP_URL", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run_once(data: Path, *options: str, **variables: str) -> str:
    """Its output; watches that whatever it started has ended with it."""
    command = [*UP, "--once", "--data", str(data), *options]
    # Not ours, and not to be run: whoever starts it may stand anywhere.
    (data.parent / "shared.py").write_text("raise SystemExit('another program')")
    with subprocess.Popen(
        command,
        cwd=data.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment(), **variables},
    ) as process:
        started = watch(process)
        output = process.stdout.read() if process.stdout else ""
    assert process.returncode == 0, output
    assert len(started) >= 3
    assert not [one for one in started if is_alive(one)]
    return output


def watch(process: subprocess.Popen[str]) -> set[psutil.Process]:
    """Every process that was ever seen below it."""
    deadline = time.monotonic() + SECONDS
    seen: set[psutil.Process] = set()
    while process.poll() is None:
        assert time.monotonic() < deadline, f"still running after {SECONDS} s"
        seen |= {one for one in family(process.pid) if one.pid != process.pid}
        time.sleep(0.3)
    return seen


def is_open(path: Path) -> bool:
    return path.stat().st_mode & 0o077 != 0


@pytest.mark.usefixtures("registry_programs")
def test_one_run_one_that_is_killed_and_one_that_ctrl_c_ends(data: Path) -> None:
    """On the same data, which each starts with the servers that it needs: that takes long."""
    first = with_a_registry(run_once(data))
    assert "create_repository" in first
    assert "All 3 expected events were recorded." in first
    ports = (data / "ports.json").read_text()
    private = [data / "env", *data.rglob("*.log")]
    assert [path for path in private if is_open(path) and is_open(path.parent)] == []
    assert "INGEST_URL=http://127.0.0.1:" in (data / "env").read_text()
    with begun(data) as killed:
        second = with_a_registry(read_until(killed, READY))
        assert "create_repository" not in second
        orphans = {one for one in family(killed.pid) if one.pid != killed.pid}
        killed.kill()
    assert (data / "ports.json").read_text() == ports
    assert any(is_alive(one) for one in orphans)
    ctrl_c_ends_what_cleans_up(data, orphans)


def with_a_registry(output: str) -> str:
    assert re.search(r"push_tag +demo/hello:v1 ", output)
    assert re.search(r"push_tag +demo/hello:latest ", output)
    return output


def ctrl_c_ends_what_cleans_up(data: Path, orphans: set[psutil.Process]) -> None:
    with begun(data, "--no-registry") as process:
        printed = read_until(process, READY)
        assert "The last run was killed" in printed
        assert not [one for one in orphans if is_alive(one)]
        started = family(process.pid)
        port = int(re.findall(r"health +http://127\.0\.0\.1:(\d+)/", printed)[0])
        assert request(port, "GET", "/health/ready")[0] == 200
        console = int(re.findall(r"console +http://127\.0\.0\.1:(\d+)/", printed)[0])
        status, page = request(console, "GET", "/")
        assert (status, b"It is working" in page) == (200, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    assert not [one for one in started if is_alive(one)]


def test_without_a_registry_a_sample_is_recorded_on_given_servers(
    data: Path, amqp_url: str, database_url: str
) -> None:
    given = {
        "AMQP_URL": amqp_url,
        "DATABASE_URL": database_url,
        "REGISTRY_EVENTS_CONSOLE_TOKENS": "of my own",
    }
    output = run_once(data, "--no-registry", "--workers", "1", **given)
    assert re.search(r"push_tag +demo/sample:v1 +sample +geo #\d+ +(-?\d+ ms|\d.*s)", output)
    assert re.search(r"delete_repository +demo/sample@sha256:[0-9a-f]{12} ", output)
    assert "All 3 expected events were recorded." in output
    assert "Starting PostgreSQL" not in output
    assert "Starting RabbitMQ" not in output
    assert f"DATABASE_URL={database_url}\n" in (data / "env").read_text()


def test_an_unusable_setting_is_one_sentence(data: Path) -> None:
    variables = {**environment(), "REGISTRY_EVENTS_WORKER_BATCH_SIZE": "many"}
    command = [*UP, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode == 1
    assert "REGISTRY_EVENTS_WORKER_BATCH_SIZE" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def begun(data: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*UP, "--data", str(data), "--workers", "1", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    printed = ""
    for line in process.stdout or ():
        printed += line
        if text in line:
            return printed
    raise AssertionError(printed)


def test_a_second_one_with_the_same_data_is_told_so(data: Path) -> None:
    with begun(data, "--no-registry") as process:
        read_until(process, "Starting")
        done = subprocess.run(
            [*UP, "--data", str(data)],
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    assert done.returncode == 1
    assert "another `registry-events up` is running" in done.stderr
    assert "Traceback" not in done.stderr
