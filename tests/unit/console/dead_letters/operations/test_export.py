import resource
import stat
from pathlib import Path

import pytest

from console.dead_letters.operations.export import NewFile
from console.errors import UnusableError


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
