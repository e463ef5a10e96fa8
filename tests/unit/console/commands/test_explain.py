"""`registry-events explain`, as it is called."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from console.cli import main
from tests.unit.console.explanation.samples import DATA, SAMPLES, expected, name

QUAY = DATA / "quay" / "repo-push.json"
TOKEN = "eyJhbGciOiJub25lIn0.eyJub3RlIjoiaW52ZW50ZWQifQ."


def run(registry: str, *arguments: str, stdin: bytes = b"", columns: str = "") -> Result:
    command = ["explain", "--registry", registry, *arguments]
    return CliRunner(env={"COLUMNS": columns}).invoke(main, command, input=stdin)


def request(body: Any, **headers: str) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    return json.dumps({"method": "POST", "path": "/", "headers": headers, "body": text}).encode()


def push(**changes: Any) -> dict[str, Any]:
    whole = {
        "id": "1", "timestamp": "2026-03-04T09:15:30Z", "action": "push",
        "target": {"repository": "team/app", "tag": "v1"}, "actor": {"name": "alice"},
    }  # fmt: skip
    return {**whole, **changes}


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_json_is_what_the_sample_expects(path: Path) -> None:
    done = run(path.parent.name, "--request", str(path), "-o", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == expected(json.loads(path.read_text()))


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(["--request", "-"], id="request"),
        pytest.param(["--request", "-", "--header", "Content-Type: application/json"], id="bare"),
    ],
)
def test_a_request_comes_from_standard_input_too(form: Sequence[str]) -> None:
    sample = json.loads(QUAY.read_text())
    bare = "--header" in form
    given = sample["request"]["body"] if bare else json.dumps(sample["request"])
    done = run("quay", *form, "-o", "json", stdin=given.encode())
    assert json.loads(done.stdout) == expected(sample)


def test_text_says_where_a_rename_leads() -> None:
    done = run("gitlab", "--request", str(DATA / "gitlab" / "rename.json"))
    said = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "tracking none: the repository, and all below it, move to group/new/app" in said
    assert "geo event yes" in said


def test_text_says_what_is_recorded_and_where_id_and_time_come_from() -> None:
    done = run("quay", "--request", str(QUAY))
    said = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert said[0] == "push shop/cart:latest"
    assert "event id a new one (made on receipt)" in said
    assert "occurred at the time of the receipt (made on receipt)" in said
    assert "tracking push_tag" in said
    assert done.exit_code == 0


def test_text_fits_the_terminal() -> None:
    done = run("quay", "--request", str(QUAY), columns="40")
    assert max(map(len, done.stdout.splitlines())) <= 40


def test_what_is_ignored_is_no_fault() -> None:
    done = run("quay", "--request", str(DATA / "quay" / "vulnerability-found.json"))
    assert done.stdout == "ignored: no updated_tags: not repo_push\n"
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("registry", "body", "says"),
    [
        pytest.param("quay", "{", "is not JSON: it breaks at character 1", id="no-json"),
        pytest.param("quay", [], "Expected `object`, got `array`", id="array"),
        pytest.param(
            "quay",
            {"repository": "Shop/Cart", "updated_tags": ["latest"]},
            'target.repository: is not a repository path: "Shop/Cart"',
            id="path",
        ),
        pytest.param("gitlab", {"x": []}, "no `events`: its only key is `x`", id="no-events"),
        pytest.param("distribution", {"events": [{}]}, "id: is missing", id="no-event"),
    ],
)
def test_what_cannot_be_read_is_said_and_fails(registry: str, body: Any, says: str) -> None:
    done = run(registry, "--request", "-", "-o", "json", stdin=request(body))
    told = json.loads(done.stdout)
    assert (told["events"], told["ignored"]) == ([], None)
    assert says in told["error"]
    assert says in done.stderr
    assert done.exit_code == 1


@pytest.mark.parametrize("registry", ["gitlab", "quay", "zot"])
def test_a_body_beyond_the_limit_is_said_to_be_cut(
    registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 12 * 1024 * 1024 if registry == "zot" else 5_000
    monkeypatch.setenv("REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES", "5000")
    whole, larger = (
        run(registry, "--request", "-", "--header", "x: y", stdin=b"{}".ljust(length))
        for length in (limit, limit + 1)
    )
    assert "body_too_large" not in whole.output
    assert (
        f"dead letter body_too_large: the body is larger than allowed: it has {limit + 1:,} bytes"
        in larger.stderr
    )
    assert larger.exit_code == 1


def test_a_body_without_an_end_is_said_to_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES", "100")
    done = run("quay", "--request", "-", "--header", "x: y", stdin=b" " * 1_601)
    assert "the body has no end within 1600 bytes" in done.stderr
    assert done.exit_code == 1


def test_settings_that_cannot_be_read_keep_it_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_TOKENS_FILE", "/no/such/file")
    assert run("quay", "--request", str(QUAY)).exit_code == 0


def test_one_that_cannot_be_read_spoils_no_other() -> None:
    body = {"events": [push(), push(timestamp="yesterday"), push(id="2")]}
    done = run("distribution", "--request", "-", "-o", "json", stdin=request(body))
    told = json.loads(done.stdout)
    assert [one["event_id"] for one in told["events"]] == ["1", "2"]
    assert "timestamp: is no RFC 3339 time" in told["error"]
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        pytest.param(["--request", "no-such-file"], b"", "does not exist", id="no-file"),
        pytest.param([], b"", "Missing option '--request'", id="no-request"),
        pytest.param(["--request", "-"], b"{}", "it is no request", id="no-request-in-it"),
        pytest.param(["--request", "-", "--header", "x"], b"", "Name: value", id="header"),
    ],
)
def test_wrong_usage_is_told_apart(arguments: Sequence[str], stdin: bytes, says: str) -> None:
    done = run("quay", *arguments, stdin=stdin)
    assert says in done.stderr
    assert done.exit_code == 2


def test_a_registry_that_is_not_known_is_answered_with_those_that_are() -> None:
    done = run("nothing", "--request", str(QUAY))
    assert "'quay'" in done.stderr
    assert "'gitlab'" in done.stderr
    assert done.exit_code == 2


@pytest.mark.parametrize("output", ["text", "json"])
def test_credentials_are_masked(output: str) -> None:
    hostile = {"repository": "team/app", "tag": TOKEN}
    url = "https://user:s3cret@proxy.example/"
    events = [push(target=hostile, actor={"name": url}), push(id="Bearer s3cret", timestamp=url)]
    stdin = request({"events": events}, Authorization="Bearer s3cret")
    done = run("gitlab", "--request", "-", "-o", output, stdin=stdin)
    assert done.exit_code == 1
    assert "s3cret" not in done.output
    assert TOKEN not in done.output
    assert "****" in done.stdout


def test_nothing_in_it_steers_a_terminal() -> None:
    body = {"events": [push(actor={"name": "\x1b[2J\u202e\x00é\ud800"})]}
    done = run("gitlab", "--request", "-", stdin=request(body))
    assert done.exit_code == 0
    assert not {"\x1b", "\u202e", "\x00"} & set(done.stdout)
    assert "é" in done.stdout


def test_an_option_of_a_source_is_taken() -> None:
    sample = str(DATA / "artifactory" / "pushed-signed.json")
    plain = run("artifactory", "--request", sample).stdout.splitlines()[0]
    option = ["--option", "repository-key=leave-out"]
    shorter = run("artifactory", "--request", sample, *option).stdout.splitlines()[0]
    assert plain.removeprefix("push ").partition("/")[2] == shorter.removeprefix("push ")


def test_an_option_that_its_registry_has_not_is_wrong_usage() -> None:
    done = run("quay", "--request", str(QUAY), "--option", "x=y")
    assert "option x is not known; quay has none" in " ".join(done.stderr.split())
    assert done.exit_code == 2


def test_an_option_without_a_value_is_wrong_usage() -> None:
    done = run("quay", "--request", str(QUAY), "--option", "x")
    assert "is not written as NAME=VALUE" in done.stderr
    assert done.exit_code == 2
