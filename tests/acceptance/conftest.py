from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes import Processes


@pytest.fixture
def processes(tmp_path: Path, amqp_url: str, database_url: str) -> Iterator[Processes]:
    with ExitStack() as exits:
        yield Processes(tmp_path, amqp_url, database_url, exits)
