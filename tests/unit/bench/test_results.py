from pathlib import Path

import pytest

from tests.bench import results
from tests.bench.figures import OURS, Aim, Figure, Section
from tests.bench.results import NoResultsError, Run


def run(*figures: Figure) -> Run:
    return Run("a machine", {"part": Section("title", figures, "note", [Aim("rate", limit=1)])})


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = run(Figure("rate", OURS, "events/s", (1.5, 2), is_cost=True, note="µs"))
    results.write(written, tmp_path / "run.json")
    read = results.read(tmp_path / "run.json")
    assert read.machine == written.machine
    assert list(read.sections["part"].figures) == list(written.sections["part"].figures)
    assert list(read.sections["part"].aims) == list(written.sections["part"].aims)


@pytest.mark.parametrize("text", ["", "[]", '{"machine": 1}'], ids=["empty", "list", "other"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(NoResultsError, match=r"other\.json holds no results"):
        results.read(tmp_path / "other.json")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoResultsError, match=r"missing\.json cannot be read: No such file"):
        results.read(tmp_path / "missing.json")


def test_what_both_measured_stands_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    this = run(
        Figure("rate", OURS, "events/s", (200,)),
        Figure("cost", OURS, "µs", (2,), is_cost=True),
        Figure("rate", "other", "events/s", (50,)),
        Figure("only now", OURS, "µs", (1,)),
    )
    before = run(
        Figure("rate", "other", "events/s", (100,)),
        Figure("rate", OURS, "events/s", (100,)),
        Figure("cost", OURS, "µs", (3,), is_cost=True),
    )
    results.show_beside(this, before, "before.json")
    shown = [
        " ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line.strip()
    ]
    assert shown == [
        "this run beside before.json",
        "contender this run before.json ratio",
        "title",
        "rate ours 200 100 2.00x",
        "other 50 100 0.50x",
        "cost ours 2 3 1.50x",
        "before.json: a machine",
    ]
