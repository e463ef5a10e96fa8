"""A log tells of tokens' owners and addresses: it is its user's alone."""

import stat
from pathlib import Path

from console.local.processes import log_files


def test_nobody_else_reads_a_log(tmp_path: Path) -> None:
    path = tmp_path / "log" / "ingest.log"
    with log_files.opened(path) as log:
        log.write(b"a line\n")
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700


def test_a_log_that_others_could_read_is_shut_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ingest.log"
    path.write_bytes(b"one\n")
    path.chmod(0o644)
    with log_files.opened(path) as log:
        log.write(b"two\n")
    assert _mode(path) == 0o600
    assert path.read_bytes() == b"one\ntwo\n"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
