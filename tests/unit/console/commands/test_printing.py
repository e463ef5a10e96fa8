import pytest
from rich.cells import cell_len

from console.commands.dead_letters import printing


def test_columns_are_straight_whatever_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    printing.table(("NAME", "COUNT"), [("team/app", "1"), ("チーム/アプリ", "2"), ("é", "3")])
    lines = capsys.readouterr().out.splitlines()
    starts = {cell_len(line[: line.rindex(" ")]) for line in lines}
    assert len(starts) == 1
