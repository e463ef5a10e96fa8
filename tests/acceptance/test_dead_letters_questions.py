"""What is wrong is said before anything is asked, or --yes is demanded where nobody can answer."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from console.local.network.ports import LOOPBACK
from shared.amqp.topology import DEAD_QUEUE
from tests.acceptance.burying import buried, bury
from tests.factories import make_event
from tests.processes import Processes, run, waiting

AWAY = f"amqp://{LOOPBACK}:1/"
DATABASE_AWAY = f"postgresql://{LOOPBACK}:1/x"
DEMAND = "nobody can be asked here; give --yes"


def operate(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`registry-events dead-letters` with `arguments`, where nobody can answer."""
    done = run("dead-letters", *arguments, **environment)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def exported(tmp_path: Path) -> str:
    file = tmp_path / "dead.jsonl"
    file.write_text(json.dumps({"body": "{}", "headers": {}}) + "\n")
    return str(file)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["requeue"], "say which: "),
        (["discard"], "say which: "),
        (["requeue", "--all", "--rate", "fast"], "must be a number of events a second"),
        (["requeue", "--all", "--group", "a1f3c9"], "--all goes with no other selector"),
        (["edit"], "Missing argument 'ID'"),
        (["edit", " "], "it is empty"),
        (["import", "/no/such/file"], "does not exist"),
        (["discard", "--all", "--export", __file__], "is there already"),
        (["discard", "--all", "--export", "/no/such/directory/dead.jsonl"], "no file can be made"),
    ],
    ids=lambda one: " ".join(one).replace(__file__, "FILE") if isinstance(one, list) else "",
)
def test_wrong_usage_comes_first(arguments: Sequence[str], said: str) -> None:
    done = operate(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert DEMAND not in done.stderr


CHANGES = (["requeue", "--all"], ["discard", "--all"], ["edit", "nope"], ["import", "FILE"])


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one[0])
def test_then_settings_and_then_what_is_not_reached(change: Sequence[str], exported: str) -> None:
    arguments = [word.replace("FILE", exported) for word in change]
    done = operate(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "AMQP_URL: is not set" in done.stderr
    done = operate(*arguments, AMQP_URL=AWAY)
    assert (done.returncode, done.stdout) == (5, "")
    assert "the broker at " in done.stderr


async def test_a_canary_needs_the_database_before_the_question(processes: Processes) -> None:
    await bury(processes.amqp_url, [make_event()])
    servers = {"AMQP_URL": processes.amqp_url, "DATABASE_URL": DATABASE_AWAY}
    done = operate("requeue", "--all", "--canary", "1", **servers)
    assert (done.returncode, done.stdout) == (5, "")
    assert "the database " in done.stderr


async def test_then_that_nothing_matched(processes: Processes, tmp_path: Path) -> None:
    await bury(processes.amqp_url, [make_event()])
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    for arguments in (
        ("requeue", "--id", "nobody"),
        ("discard", "--id", "nobody"),
        ("edit", "nobody"),
        ("import", str(empty)),
    ):
        done = operate(*arguments, **processes.environment)
        assert (done.returncode, done.stdout, done.stderr) == (3, "", "nothing matched\n")


def test_a_wrong_line_of_an_import_is_told_before_the_question(
    processes: Processes, exported: str
) -> None:
    Path(exported).write_text("no JSON\n")
    done = operate("import", exported, **processes.environment)
    assert done.returncode == 1
    assert done.stderr.startswith("line 1: ")


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one[0])
async def test_only_then_somebody_must_answer(
    processes: Processes, change: Sequence[str], exported: str
) -> None:
    await bury(processes.amqp_url, [make_event(id="nope")])
    before = await buried(processes.amqp_url)
    arguments = [word.replace("FILE", exported) for word in change]
    done = operate(*arguments, **processes.environment, VISUAL="false")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: {DEMAND}\n")
    assert await buried(processes.amqp_url) == before
    assert await waiting(processes.amqp_url, DEAD_QUEUE) == 1
