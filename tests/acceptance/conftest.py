from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.acceptance.browser import connected
from tests.processes import Processes


@pytest.fixture
def processes(tmp_path: Path, amqp_url: str, database_url: str) -> Iterator[Processes]:
    with ExitStack() as exits:
        yield Processes(tmp_path, amqp_url, database_url, exits, is_forked=True)


@pytest.fixture(scope="module")
def shared_processes(
    tmp_path_factory: pytest.TempPathFactory, shared_urls: tuple[str, str]
) -> Iterator[Processes]:
    """For modules whose tests leave each other's processes alone."""
    directory = tmp_path_factory.mktemp("processes")
    with ExitStack() as exits:
        yield Processes(directory, *shared_urls, exits, is_forked=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """For modules whose tests run in one loop."""
    async with connected() as browser:
        yield browser


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
