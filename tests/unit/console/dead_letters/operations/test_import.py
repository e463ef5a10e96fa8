from pathlib import Path

import pytest

from console.dead_letters.operations.import_ import check
from console.errors import UnusableError
from tests.unit.console.dead_letters.letters import make_dead_letter


def test_a_check_names_the_wrong_lines(tmp_path: Path) -> None:
    file = tmp_path / "dead.jsonl"
    good = make_dead_letter().json()
    file.write_text(f"{good}\n\nnonsense\n{good}\n[]\n")
    checked = check(file, lambda _: "")
    assert checked.count == 2
    assert [fault.partition(":")[0] for fault in checked.faults] == ["line 3", "line 5"]
    assert len(check(file, lambda _: "no").faults) == 4


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dead.jsonl"
    file.write_bytes(b"\xff\n")
    with pytest.raises(UnusableError, match="not UTF-8"):
        check(file, lambda _: "")
