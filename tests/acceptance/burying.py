"""Dead letters as the worker publishes them, and the command line that deals with them."""

import asyncio
import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.publish import publish_each, publishing_channel
from console.dead_letters.queue import visit
from console.dead_letters.queue.broker import connected
from shared.amqp.dead_letter import Reason, Story, dead_letter
from shared.amqp.message import EVENT_ID, RECEIVED_AT, SOURCE
from shared.text import to_bytes
from tests.processes import Processes, run

BATCH = 1000


async def bury(
    amqp_url: str,
    events: Sequence[Any],
    *,
    headers: Mapping[str, str | int] | None = None,
    **story: Any,
) -> None:
    """Publish `events` (texts as they are) to the dead letters, in their order."""
    now = datetime.now(UTC).isoformat()
    told: dict[str, Any] = {
        "reason": Reason.RECORDING_FAILED,
        "error_type": "RaiseError",
        "error": "no row",
        "attempts": 3,
        "first_seen": now,
        "failed_at": now,
        **story,
    }
    messages = []
    for event in events:
        body = event if isinstance(event, str) else json.dumps(event)
        origin: dict[str, str | int] = {RECEIVED_AT: now, SOURCE: "registry-1:5000"}
        if isinstance(event, dict):
            origin[EVENT_ID] = event["id"]
        own = {**origin, **(headers or {})}
        messages.append(dead_letter(to_bytes(body), Story(**told), own, "event.push"))
    async with connected(amqp_url) as broker:
        channel = await publishing_channel(broker)
        for start in range(0, len(messages), BATCH):
            done = await publish_each(channel, messages[start : start + BATCH])
            assert not any(done.failures)


async def buried(amqp_url: str) -> Sequence[DeadLetter]:
    """All dead letters, in their order."""
    async with connected(amqp_url) as broker:
        return await visit.last(broker, 1_000_000)


async def operate(processes: Processes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`registry-events dead-letters` with `arguments`, to its end."""
    command = ("dead-letters", *arguments)
    done = await asyncio.to_thread(run, *command, **processes.environment)
    assert "Traceback" not in done.stderr
    return done


def result(done: subprocess.CompletedProcess[str]) -> str:
    """The first line of what a change says at its end, without the number of its audit row."""
    return done.stdout.partition("\n")[0].partition("; history ")[0]
