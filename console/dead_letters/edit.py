"""Mending an event: another body for it, checked as the worker checks it."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff

from console.dead_letters import audit, operation, reading
from console.dead_letters.acting import Action, Attended, Done, Outcome
from console.dead_letters.audit import Operation, Trail
from console.dead_letters.deeds import publish_each, publishing_channel
from console.dead_letters.masking import pretty
from console.dead_letters.plan import key
from console.dead_letters.requeueing import edited
from console.dead_letters.view import DeadLetter
from shared import strict_json
from shared.configuration import secret
from shared.event import Event
from shared.settings import Settings
from shared.text import printable


def editable(body: str) -> str:
    """A body over several lines if it is JSON, else as it is, with what is no text escaped."""
    try:
        return pretty(strict_json.loads(body)) + "\n"
    except strict_json.InvalidJSONError:
        return body.encode("utf-8", "backslashreplace").decode()


def compact(text: str) -> str:
    """Raises InvalidEventError unless it is an event."""
    Event.parse(text)
    return json.dumps(strict_json.loads(text), separators=(",", ":"))


def difference(before: str, after: str) -> list[str]:
    """A unified diff, safe to print."""
    lines = unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="")
    return [printable(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Edit:
    """The text of the new event instead of one dead letter's."""

    dead_letter: DeadLetter
    text: str


async def requeue_edited(
    loaded: Settings, edit: Edit, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    """Raises BusyError, BrokerAwayError."""
    async with AsyncExitStack() as stack:
        trail = Trail(await stack.enter_async_context(audit.database(loaded)))
        broker = await stack.enter_async_context(reading.connected(secret(loaded.amqp_url)))
        channel = await publishing_channel(broker.connection)
        outcome = await stack.enter_async_context(operation.written_down(trail, work))
        event, at = Event.parse(edit.text), datetime.now(UTC)

        async def deed(batch: Sequence[DeadLetter]) -> Done:
            messages = [edited(one, event, edit.text, by=work.actor, at=at) for one in batch]
            return await publish_each(channel, messages)

        await Action(broker.url, deed, attended).run([key(edit.dead_letter)], outcome)
    return outcome, trail
