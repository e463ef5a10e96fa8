from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.local.postgres import Postgres
from console.local.rabbitmq import RabbitMQ
from tests.drills import drill
from tests.drills.drill import Drill
from tests.drills.scale import SHORT
from tests.drills.servers import Servers

Play = Callable[[Drill], Awaitable[None]]


@pytest.fixture
def play(postgres: Postgres, rabbitmq: RabbitMQ, tmp_path: Path) -> Play:
    """Play a drill in its short form; everything must hold."""

    async def short(one: Drill) -> None:
        result = await drill.run(one, Servers(postgres, rabbitmq), SHORT, tmp_path)
        assert result.problems == []
        assert result.ledger.accepted

    return short
