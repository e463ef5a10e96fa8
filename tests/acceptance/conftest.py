from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes import Processes


@pytest.fixture
def processes(tmp_path: Path, amqp_url: str, database_url: str) -> Iterator[Processes]:
    with ExitStack() as exits:
        yield Processes(tmp_path, amqp_url, database_url, exits, is_forked=True)


@pytest.fixture
def edit_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lines of a shell that edit the file $1."""
    script = tmp_path / "editor"
    monkeypatch.setenv("VISUAL", str(script))
    # Where what was typed is kept.
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def write(lines: str) -> None:
        script.write_text(f"#!/bin/sh\n{lines}\n")
        script.chmod(0o700)

    return write
