"""Mending an event or a notification: another body for it, checked as the worker checks it."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff

from console.dead_letters.letter import notification
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import payload, pretty
from console.dead_letters.operations import audit
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.messages import edited
from console.dead_letters.operations.plan import key
from console.dead_letters.operations.publish import publish_groups, publishing_channel
from console.dead_letters.operations.run import Action, Attended, Done, Outcome
from console.dead_letters.queue.broker import connected
from console.errors import UnusableError
from ingest.envelope import UnreadableEnvelopeError, split
from shared import strict_json
from shared.configuration import secret
from shared.event import Event
from shared.invalid_event import InvalidEventError
from shared.settings import Settings
from shared.text import printable, to_bytes


def editable(body: str) -> str:
    """A body over several lines if it is JSON, else as it is, with what is no text escaped."""
    text = notification.readable(body)
    try:
        return pretty(strict_json.loads(text)) + "\n"
    except strict_json.InvalidJSONError:
        return text.encode("utf-8", "backslashreplace").decode()


def compact(text: str) -> str:
    """Raises InvalidEventError or UnreadableEnvelopeError unless it is an event or holds some."""
    try:
        value = strict_json.loads(text)
    except strict_json.InvalidJSONError as error:
        raise InvalidEventError(str(error), cause=error.cause) from None
    if notification.is_envelope(value):
        _check_each(text)
    else:
        Event.parse(text)
    return json.dumps(value, separators=(",", ":"))


def mended(text: str) -> str:
    """As `compact`, for what somebody typed; raises UnusableError, which says what is wrong."""
    try:
        return compact(text)
    except UnreadableEnvelopeError as error:
        raise UnusableError(f"this is no notification: {error}") from None
    except InvalidEventError as error:
        raise UnusableError(f"this is no event: {error}") from None


def _check_each(text: str) -> None:
    texts = split(to_bytes(text), patient=True)
    if not texts:
        raise UnreadableEnvelopeError("it holds no event")
    for number, event in enumerate(texts, start=1):
        try:
            Event.parse(event)
        except InvalidEventError as error:
            raise InvalidEventError(f"event {number}: {error}", cause=error.cause) from None


def difference(before: str, after: str) -> list[str]:
    """A unified diff of two editable texts, masked and safe to print."""
    lines = unified_diff(_lines(before), _lines(after), "before", "after", lineterm="")
    return [printable(line.partition("\0")[0]) for line in lines]


def _lines(text: str) -> list[str]:
    """Each as it is shown and, behind a NUL, as it is: thus a change shows that is masked."""
    shown = pretty(payload(text, mask=True)).splitlines()
    whole = text.splitlines()
    if len(whole) != len(shown):
        return shown
    return [f"{one}\0{other}" for one, other in zip(shown, whole, strict=True)]


@dataclass(frozen=True, slots=True)
class Edit:
    """The text of a new event, or of a notification, instead of one dead letter's."""

    dead_letter: DeadLetter
    text: str


async def requeue_edited(
    loaded: Settings, edit: Edit, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    """Raises BusyError, BrokerAwayError."""
    async with AsyncExitStack() as stack:
        trail = Trail(await stack.enter_async_context(audit.database(loaded)))
        broker = await stack.enter_async_context(
            connected(secret(loaded.amqp_url), shards=loaded.shards)
        )
        channel = await publishing_channel(broker)
        outcome = await stack.enter_async_context(audit.written_down(trail, work))
        at = datetime.now(UTC)

        async def deed(batch: Sequence[DeadLetter]) -> Done:
            messages = [edited(one, edit.text, by=work.actor, at=at) for one in batch]
            return await publish_groups(channel, messages, loaded.shards)

        await Action(broker.url, deed, attended).run([key(edit.dead_letter)], outcome)
    return outcome, trail
