from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.drills import drill
from tests.drills.drill import Drill
from tests.drills.scale import SHORT
from tests.drills.servers import Servers

Play = Callable[[Drill], Awaitable[None]]


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    """Of the drills alone: what one of them leaves broken, no other test shall meet."""
    with Servers.started(fast=True) as servers:
        yield servers


@pytest.fixture
def play(servers: Servers, tmp_path: Path) -> Play:
    """Play a drill in its short form; everything must hold."""

    async def short(one: Drill) -> None:
        result = await drill.run(one, servers, SHORT, tmp_path)
        assert result.problems == []
        assert result.ledger.accepted

    return short
