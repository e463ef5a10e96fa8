import json
import resource
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dead_letters.errors import UnusableError
from console.dead_letters.exporting import NewFile, buried_again, parse
from console.dead_letters.importing import check
from shared.text import from_bytes
from tests.unit.console.dead_letters.letters import make_dead_letter


@given(st.binary(), st.dictionaries(st.text(max_size=20), st.text() | st.integers(-(2**31), 2**31)))
def test_a_line_gives_the_same_dead_letter(body: bytes, headers: dict[str, Any]) -> None:
    dead_letter = make_dead_letter(from_bytes(body), headers=headers)
    line = dead_letter.json()
    assert line.isascii()
    assert "\n" not in line
    again = parse(line)
    assert again == dead_letter
    (message,) = buried_again(again)
    assert message.body == body
    assert message.routing_key == dead_letter.routing_key
    assert message.headers == dead_letter.headers


LINE: dict[str, Any] = json.loads(make_dead_letter().json())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "character 1"),
        ("[]", "not an object"),
        ('{"body": "x", "body": "y"}', "twice"),
        (json.dumps({**LINE, "body": 7}), "must be texts"),
        (json.dumps({**LINE, "headers": []}), "headers is not an object"),
        (json.dumps({**LINE, "body": "\ud800"}), "stand for no byte"),
        (json.dumps({**LINE, "headers": {"a": "\ud800"}}), "cannot be sent"),
        (json.dumps({**LINE, "headers": {"é" * 65: ""}}), "longer than 128 bytes"),
        (json.dumps({**LINE, "headers": {"a": 10**30}}), "cannot be sent"),
        (json.dumps({**LINE, "routing_key": "k" * 300}), "cannot be sent"),
        (json.dumps({**LINE, "headers": {"a": "b" * 100_001}}), "longer than"),
    ],
)
def test_other_lines_are_refused(line: str, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        parse(line)


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


def test_a_file_is_new_and_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "dead.jsonl"
    with NewFile(path) as file:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        file.write("one\n")
    with pytest.raises(UnusableError, match="there already"):
        NewFile(path)
    with pytest.raises(UnusableError, match="No such file"):
        NewFile(tmp_path / "none" / "dead.jsonl")


def test_a_file_has_whole_lines_only(tmp_path: Path) -> None:
    """Nothing else of this process writes a file meanwhile."""
    path, limits = tmp_path / "dead.jsonl", resource.getrlimit(resource.RLIMIT_FSIZE)
    with NewFile(path) as file:
        file.write("one\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            with pytest.raises(OSError, match="too large"):
                file.write("a long line\n")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        file.write("two\n")
    assert path.read_text() == "one\ntwo\n"
