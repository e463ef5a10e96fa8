"""What `config check --connect` says of a broker that can be reached."""

from collections.abc import Iterator

import pytest

from console.commands.config.reachability import unreachable
from console.local.servers.rabbitmq import RabbitMQ
from shared.configuration import load
from shared.message_size import LARGEST_MESSAGE
from tests.broker_shell import evaluate
from tests.running import running_pipeline

# By whichever of both a release looks.
LIMIT = (
    "application:set_env(rabbit, max_message_size, {0}), "
    "persistent_term:put(max_message_size, {0})."
)


@pytest.fixture
def small_messages(rabbitmq: RabbitMQ) -> Iterator[None]:
    evaluate(rabbitmq, LIMIT.format(1_000_000))
    yield
    evaluate(rabbitmq, LIMIT.format(LARGEST_MESSAGE))


async def test_a_broker_that_refuses_what_ingest_may_send_is_named_with_its_setting(
    amqp_url: str, database_url: str, small_messages: None
) -> None:
    del small_messages
    fits = load(amqp_url=amqp_url, ingest_max_body_bytes=1_000_000)
    too_large = load(amqp_url=amqp_url)
    async with running_pipeline(amqp_url, database_url):
        assert await unreachable(fits) == []
        (fault,) = await unreachable(too_large)
    assert fault.startswith("AMQP_URL: it takes no message of 4,194,304 bytes")
    assert "max_message_size" in fault
