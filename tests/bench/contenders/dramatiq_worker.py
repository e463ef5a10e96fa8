"""Dramatiq on RabbitMQ: one process with its usual eight threads, an actor's call an event.

As in Dramatiq's guide, "RabbitMQ Broker" and "Workers". Its queues are classic ones: it has no
setting for another type.
"""

import json
import os
from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from shared.amqp.topology import EVENTS_QUEUE
from tests.bench.contenders import blocking
from tests.bench.contenders.starting import become, start
from tests.bench.events import pushes

dramatiq.set_broker(RabbitmqBroker(url=os.environ["AMQP_URL"]))


@dramatiq.actor(actor_name="record", queue_name=EVENTS_QUEUE)
def record(event: dict[str, Any]) -> None:
    blocking.record(event)


def _fill(count: int) -> None:
    for text in pushes(count):
        record.send(json.loads(text))


if __name__ == "__main__":
    module = "tests.bench.contenders.dramatiq_worker"
    start(_fill, become("dramatiq", module, "--processes", "1", "--threads", "8"))
