"""The next run ends what a killed one noted, and nothing else."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.local.processes import leftovers
from console.local.processes.family import family, is_alive, send


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """With a child of its own, in a session of its own."""
    command = ["sh", "-c", "sleep 600 & echo; wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        both = family(process.pid)
        yield process
        send(both, signal.SIGKILL)


@pytest.fixture
def note(child: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A shell's child hears no SIGINT.
    monkeypatch.setattr(leftovers, "_POLITE_SECONDS", 0.2)
    path = tmp_path / "child.pid"
    leftovers.note(path, child.pid, signal.SIGINT)
    return path


def test_a_noted_one_is_stopped_as_it_wishes_with_its_family(
    child: subprocess.Popen[bytes], note: Path
) -> None:
    assert leftovers.end([note, note.with_name("absent")]) == 2
    assert child.wait(30) == -signal.SIGINT


@pytest.mark.parametrize(
    "change",
    [{"started": 1.0}, {"boot": "another"}, {"stop": 0}, {"pid": -1}],
    ids=["started later", "of another boot", "no signal", "no number"],
)
def test_another_process_with_its_number_is_left_alone(
    change: dict[str, object], child: subprocess.Popen[bytes], note: Path
) -> None:
    note.write_text(json.dumps({**json.loads(note.read_text()), **change}))
    assert leftovers.end([note]) == 0
    assert child.poll() is None


def test_its_session_is_ended_when_it_is_gone(child: subprocess.Popen[bytes], note: Path) -> None:
    child.kill()
    child.wait()
    (left,) = family(child.pid)
    assert leftovers.end([note]) == 1
    assert not is_alive(left)
