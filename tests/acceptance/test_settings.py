"""Settings that cannot be used: every fault is a sentence, and no secret is ever shown."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest

from console.local.network.loopback import request
from console.local.network.ports import LOOPBACK, free_port
from shared.amqp.topology import EVENTS_QUEUE
from tests.factories import make_envelope, make_event
from tests.processes import Processes, run, variables

AWAY = {
    "AMQP_URL": f"amqp://guest:brokers-password@{LOOPBACK}:1/",
    "DATABASE_URL": f"postgresql://u:databases-password@{LOOPBACK}:1/x?password=querys-password",
    "REGISTRY_EVENTS_TOKENS": "first-token,second-token",
}
PROCESSES = pytest.mark.parametrize("count", ["1", "2"], ids=["one", "several"])
SECRETS = ("brokers-password", "databases-password", "querys-password", "first-token", "d-token")


def fault(done: subprocess.CompletedProcess[str], exit_code: int) -> str:
    """The one message that the command ends with."""
    assert done.returncode == exit_code, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]
    _, *messages = f"\n{done.stderr}".split("\nError: ")
    assert len(messages) == 1, done.stderr
    return messages[0].strip()


def test_check_lists_every_fault_at_once() -> None:
    faults = {
        "AMQP_URL": "http://broker",
        "REGISTRY_EVENTS_INGEST_LISTEN": "8080",
        "REGISTRY_EVENTS_TOKEN": "first-token",
        "REGISTRY_EVENTS_TOKENS_FILE": "/absent",
        "REGISTRY_EVENTS_WORKER_BATCH_SIZE": "0",
    }
    message = fault(run("config", "check", **faults), 2)
    title, *lines = message.splitlines()
    assert title == "the settings cannot be used:"
    assert {line.split(":")[0].strip() for line in lines} == {*faults, "DATABASE_URL"}
    assert "REGISTRY_EVENTS_TOKEN: there is no such setting" in message
    assert "REGISTRY_EVENTS_INGEST_LISTEN: must be HOST:PORT" in message


@pytest.mark.parametrize("command", ["ingest", "worker", "migrate"])
def test_no_process_starts_with_an_unknown_setting(command: str) -> None:
    done = run(command, **AWAY, REGISTRY_EVENTS_WORKER_BACH_SIZE="5")
    assert "REGISTRY_EVENTS_WORKER_BACH_SIZE: there is no such setting" in fault(done, 2)


@pytest.mark.parametrize(
    "unset",
    [
        {"REGISTRY_EVENTS_TOKENS": "", "REGISTRY_EVENTS_INSECURE_NO_AUTH": "false"},
        {"REGISTRY_EVENTS_TOKENS": " , "},
    ],
    ids=["with authentication", "commas"],
)
def test_check_finds_that_ingest_would_not_start(unset: dict[str, str]) -> None:
    message = fault(run("config", "check", **{**AWAY, **unset}), 2)
    assert "REGISTRY_EVENTS_TOKENS: " in message


def test_check_asks_for_what_one_process_needs() -> None:
    alone = {name: AWAY[name] for name in ("AMQP_URL", "DATABASE_URL")}
    assert run("config", "check", "--only", "worker", **alone).returncode == 0
    assert "REGISTRY_EVENTS_TOKENS" in fault(run("config", "check", **alone), 2)
    without = {**alone, "REGISTRY_EVENTS_INSECURE_NO_AUTH": "true"}
    assert run("config", "check", **without).returncode == 0


def test_check_says_what_cannot_be_reached() -> None:
    assert run("config", "check", **AWAY).returncode == 0
    title, broker, database = fault(run("config", "check", "--connect", **AWAY), 2).splitlines()
    assert title == "the settings cannot be used:"
    assert broker.strip().startswith(f"AMQP_URL: the broker at {LOOPBACK}:1 refuses connections")
    assert database.strip().startswith(f"DATABASE_URL: the database at {LOOPBACK}:1 refuses")


def test_check_says_that_the_schema_is_missing(amqp_url: str, empty_database_url: str) -> None:
    urls = {**AWAY, "AMQP_URL": amqp_url, "DATABASE_URL": empty_database_url}
    message = fault(run("config", "check", "--connect", **urls), 2)
    assert re.search(r"DATABASE_URL: \d+ migrations are missing; run migrate", message)
    assert run("migrate", **urls).returncode == 0
    assert run("config", "check", "--connect", **urls).returncode == 0


def test_show_masks_every_secret() -> None:
    done = run("config", "show", **AWAY)
    assert done.returncode == 0
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert shown["AMQP_URL"] == f"amqp://guest:****@{LOOPBACK}:1/"
    assert shown["REGISTRY_EVENTS_TOKENS"] == "****,****"
    assert shown["REGISTRY_EVENTS_WORKER_BATCH_SIZE"] == "500"


def test_show_as_json_masks_every_secret_too() -> None:
    text, done = (run("config", "show", *options, **AWAY) for options in ((), ("-o", "json")))
    assert (done.returncode, done.stderr) == (0, "")
    assert not [secret for secret in SECRETS if secret in done.stdout]
    shown = json.loads(done.stdout)
    assert shown["AMQP_URL"] == f"amqp://guest:****@{LOOPBACK}:1/"
    assert [f"{name}={value}" for name, value in shown.items()] == text.stdout.splitlines()


def test_check_warns_of_a_connection_that_nothing_protects() -> None:
    exposed = {**AWAY, "DATABASE_URL": "postgresql://u:databases-password@db.invalid/x"}
    done = run("config", "check", **exposed)
    assert (done.returncode, done.stdout) == (0, "the settings are good\n")
    assert done.stderr.startswith("warning: DATABASE_URL: it leads to db.invalid without sslmode")
    assert not [secret for secret in SECRETS if secret in done.stderr]
    told = json.loads(run("config", "check", "-o", "json", **exposed).stdout)
    assert [f"warning: {one}\n" for one in told["warnings"]] == [done.stderr]


def test_check_as_json_has_every_fault() -> None:
    good = run("config", "check", "--output", "json", **AWAY)
    told = json.loads(good.stdout)
    assert (good.returncode, told, good.stderr) == (0, {"faults": [], "warnings": []}, "")
    away = run("config", "check", "--connect", "-o", "json", **AWAY)
    assert (away.returncode, away.stderr) == (2, "")
    assert [fault.partition(" at ")[0] for fault in json.loads(away.stdout)["faults"]] == [
        "AMQP_URL: the broker",
        "DATABASE_URL: the database",
    ]
    bad = run("config", "check", "-o", "json", **{**AWAY, "AMQP_URL": "http://brokers-password"})
    (fault,) = json.loads(bad.stdout)["faults"]
    assert (bad.returncode, bad.stderr) == (2, "")
    assert fault.startswith("AMQP_URL: must start with ")
    assert "brokers-password" not in bad.stdout


@PROCESSES
def test_ingest_wants_a_token(processes: Processes, count: str) -> None:
    broker = {"AMQP_URL": processes.amqp_url}
    listen = f"{LOOPBACK}:{free_port()}"
    message = fault(run("ingest", "--processes", count, "--listen", listen, **broker), 1)
    assert "REGISTRY_EVENTS_TOKENS" in message
    assert "--insecure-no-auth" in message


def test_ingest_does_without_a_token_if_told_to(processes: Processes) -> None:
    ingest = processes.ingest(tokens="", insecure_no_auth=True)
    status, answer = request(ingest.port, "POST", "/notifications", body=make_envelope())
    assert (status, answer) == (200, b'{"accepted": 0, "dead_lettered": 0}')


@PROCESSES
@pytest.mark.parametrize("command", ["ingest", "worker"])
async def test_a_queue_of_another_kind(processes: Processes, command: str, count: str) -> None:
    async with await aio_pika.connect(processes.amqp_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(EVENTS_QUEUE, durable=True)
    listen = variables(**{f"{command}_listen": f"{LOOPBACK}:{free_port()}"})
    done = run(command, "--processes", count, **processes.environment, **listen)
    message = fault(done, 1)
    assert len(message.splitlines()) == 1
    assert f"queue '{EVENTS_QUEUE}'" in message
    assert "delete it (rabbitmqctl delete_queue NAME), or use another virtual host" in message


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def refused(processes: Processes, command: str, count: str, port: int) -> None:
    """`command` ends with one message: somebody has the port."""
    options = ("--processes", count, "--listen", f"{LOOPBACK}:{port}")
    message = fault(run(command, *options, **processes.environment), 1).lower()
    assert len(message.splitlines()) == 1
    assert message.startswith(f"cannot listen on {LOOPBACK}:{port}: ")
    assert "address already in use" in message


@PROCESSES
@pytest.mark.parametrize("command", ["ingest", "worker"])
def test_a_port_that_is_taken(
    processes: Processes, taken_port: int, command: str, count: str
) -> None:
    refused(processes, command, count, taken_port)


@PROCESSES
def test_several_processes_share_their_port_with_nobody_else(
    processes: Processes, count: str
) -> None:
    ingest = processes.ingest(ingest_processes=2)
    refused(processes, "ingest", count, ingest.port)
    refused(processes, "worker", count, ingest.port)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["migrate"], "the schema is unchanged: "),
        (["dead-letters", "tail"], "the broker "),
    ],
    ids=["migrate", "tail"],
)
def test_a_command_whose_server_is_away(command: list[str], sentence: str) -> None:
    done = run(*command, **AWAY)
    assert done.returncode
    message = fault(done, done.returncode)
    assert message.startswith(sentence)
    assert "refuses connections" in message


async def test_secrets_from_files(processes: Processes, tmp_path: Path) -> None:
    files = {f"{name}_FILE": tmp_path / name for name in AWAY}
    (tmp_path / "AMQP_URL").write_text(f"{processes.amqp_url}\n")
    (tmp_path / "DATABASE_URL").write_text(f"{processes.database_url}\n")
    (tmp_path / "REGISTRY_EVENTS_TOKENS").write_text("first-token\nsecond-token\n")
    named = {name: str(path) for name, path in files.items()}
    assert run("config", "check", "--connect", **named).returncode == 0
    message = fault(run("config", "check", **named, AMQP_URL=processes.amqp_url), 2)
    assert "AMQP_URL: is set beside AMQP_URL_FILE" in message
    ingest = processes.ingest(tokens="", tokens_file=tmp_path / "REGISTRY_EVENTS_TOKENS")
    for token, status in (("first-token", 200), ("second-token", 200), ("first", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        body = make_envelope(make_event())
        answer = request(ingest.port, "POST", "/notifications", body=body, headers=headers)
        assert answer[0] == status


def test_settings_from_an_env_file(processes: Processes, tmp_path: Path) -> None:
    path = tmp_path / "registry-events.env"
    more = {"REGISTRY_EVENTS_LOG_LEVEL": "debug", "REGISTRY_EVENTS_WORKER_BATCH_SIZE": "7"}
    lines = [f"{name}={value}\n" for name, value in {**processes.environment, **more}.items()]
    path.write_text("".join(lines))
    done = run("--env-file", str(path), "config", "check", "--connect")
    assert done.returncode == 0, done.stderr
    # The environment wins over the file.
    shown = run("--env-file", str(path), "config", "show", REGISTRY_EVENTS_LOG_LEVEL="error").stdout
    assert "REGISTRY_EVENTS_WORKER_BATCH_SIZE=7\n" in shown
    assert "REGISTRY_EVENTS_LOG_LEVEL=error\n" in shown
    # As systemd reads it.
    path.write_text("REGISTRY_EVENTS_CONSOLE_SERVICES=http://${HOME}:1\n")
    assert "http://${HOME}:1\n" in run("--env-file", str(path), "config", "show").stdout


@pytest.mark.parametrize(
    ("command", "variables", "exit_code", "sentence"),
    [
        (["migrate"], {"DATABASE_URL": "postgresql://127.0.0.1/?sslmode=bogus"}, 1, "sslmode"),
        (["worker", "--listen", f"{'x' * 70}:1"], AWAY, 1, "this is no host's name"),
        (["config", "show"], {"AMQP_URL": "amqp://:5672/"}, 2, "AMQP_URL: names no host"),
        (["config", "show"], {"AMQP_URL_FILE": AWAY["AMQP_URL"]}, 2, "a URL is not the name of"),
    ],
    ids=["option", "host", "no host", "URL for a file"],
)
def test_odd_values_are_one_sentence(
    command: list[str], variables: dict[str, str], exit_code: int, sentence: str
) -> None:
    assert sentence in fault(run(*command, **variables), exit_code)


def test_an_env_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "settings"
    path.write_bytes(b"A=\xff\n")
    assert "is no text" in fault(run("--env-file", str(path), "config", "show"), 2)
