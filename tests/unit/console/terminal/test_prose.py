import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.prose import command, hanging
from shared.text import printable

COMMAND = "registry-events dead-letters requeue --group a1b2c3 --canary 1 --dry-run"


def test_lines_hang_under_the_first() -> None:
    assert list(hanging("! ", "one two three four five six seven", 24)) == [
        "! one two three four",
        "  five six seven",
    ]


def test_what_is_to_be_copied_stays_together() -> None:
    lines = list(hanging("! ", "1 dead letter: `registry-events dead-letters summary`", 50))
    assert lines == ["! 1 dead letter:", "  `registry-events dead-letters summary`"]


@given(st.text().map(printable), st.integers(1, 200))
def test_no_line_is_longer_and_no_word_is_lost(text: str, width: int) -> None:
    lines = list(hanging("error         ", text, max(width, 2)))
    assert not [line for line in lines if cell_len(line) > max(width, 2)]
    assert "".join("".join(lines).split()) == "".join(f"error{text}".split())


def test_without_a_width_it_is_one_line() -> None:
    assert list(hanging("error ", "word  " * 99, None)) == ["error " + "word  " * 99]


@pytest.mark.parametrize("width", [40, 60, 79])
def test_a_command_can_be_copied_from_several_lines(width: int) -> None:
    lines = list(command("try next      ", COMMAND, width))
    assert not [line for line in lines if cell_len(line) > width]
    assert all(line.endswith("\\") for line in lines[:-1])
    shell = "\n".join(lines).removeprefix("try next").replace("\\\n", " ")
    assert shell.split() == COMMAND.split()


def test_an_id_in_a_command_is_never_cut() -> None:
    assert "x" * 90 in list(command("", f"show {'x' * 90}", 40))[-1]
