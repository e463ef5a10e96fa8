"""The stages of our worker's work, by the modules that do it."""

import sysconfig
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Final

_LOOP: Final = "event loop, all else"
# Beginnings of paths below the packages or the project: the first that fits counts.
MODULES: Final = {
    "shared/amqp/publisher.py": "publishing",
    "shared/amqp/publishing.py": "publishing",
    "shared/amqp/encoding.py": "publishing",
    "shared/amqp/sending.py": "publishing",
    "shared/amqp/confirms.py": "publishing",
    "shared/amqp/": "reading frames",
    "worker/consuming/consumer.py": "reading frames",
    "aiormq/": "reading frames",
    "aio_pika/": "reading frames",
    "pamqp/": "reading frames",
    "shared/event.py": "reading events",
    "shared/event_check.py": "reading events",
    "shared/event_parts.py": "reading events",
    "shared/quick_json.py": "reading events",
    "shared/strict_json.py": "reading events",
    "shared/timestamps.py": "reading events",
    "worker/delivery.py": "reading events",
    "worker/metrics.py": "metrics, log",
    "prometheus_client/": "metrics, log",
    "shared/logs.py": "metrics, log",
    "structlog/": "metrics, log",
    "shared/database.py": "database client",
    "asyncpg/": "database client",
    "worker/": "judging, columns",
}
STAGES: Final = tuple(dict.fromkeys((*MODULES.values(), _LOOP)))
ROOTS: Final = tuple(
    f"{one}/" for one in (sysconfig.get_path("purelib"), Path(__file__).parents[2])
)


def stage(frame: FrameType | None) -> str:
    """That of the innermost module which belongs to one: what it calls works for it."""
    while frame:
        if found := _of_module(frame.f_code.co_filename):
            return found
        frame = frame.f_back
    return _LOOP


@cache
def _of_module(path: str) -> str:
    for root in ROOTS:
        if path.startswith(root):
            below = path.removeprefix(root)
            return next((name for start, name in MODULES.items() if below.startswith(start)), "")
    return ""
