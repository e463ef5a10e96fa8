"""Celery on RabbitMQ: one process with threads, a task an event.

As in Celery's guides, "Using RabbitMQ" (quorum queues), "Optimizing" (late acknowledgement, a
large prefetch for short tasks) and "Workers guide"; without results, events and gossip.
"""

import json
import os
from typing import Any

from celery import Celery

from shared.amqp.topology import EVENTS_QUEUE
from tests.bench.contenders import blocking
from tests.bench.contenders.starting import become, start
from tests.bench.events import pushes

app = Celery("bench", broker=os.environ["AMQP_URL"])
app.conf.update(
    task_default_queue=EVENTS_QUEUE,
    task_default_queue_type="quorum",
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=16,
)


@app.task(name="record")
def record(event: dict[str, Any]) -> None:
    blocking.record(event)


def _fill(count: int) -> None:
    for text in pushes(count):
        record.delay(json.loads(text))


if __name__ == "__main__":
    threads = ("--pool", "threads", "--concurrency", "8")
    quiet = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat")
    app_option = ("--app", "tests.bench.contenders.celery_worker")
    start(_fill, become("celery", *app_option, "worker", *threads, *quiet))
