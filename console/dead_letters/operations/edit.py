"""Mending an event or what a registry sent: another body for it, checked as it will be read."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff

from console.dead_letters.letter import notification, request
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.masking import payload, pretty
from console.dead_letters.letter.unpacked import readable
from console.dead_letters.operations import audit
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.messages import edited
from console.dead_letters.operations.plan import key
from console.dead_letters.operations.publish import publish_groups, publishing_channel, wanted
from console.dead_letters.operations.run import Action, Attended, Done, Outcome
from console.dead_letters.queue.broker import connected
from console.errors import UnusableError
from ingest.envelope import UnreadableEnvelopeError, split
from shared import strict_json
from shared.amqp.dead_letter import Story
from shared.configuration import secret
from shared.event import Event
from shared.invalid_event import InvalidEventError
from shared.settings import Settings
from shared.text import printable, to_bytes


def draft(dead_letter: DeadLetter) -> str:
    """What an operator is given to edit: of another registry what that sent, not its event."""
    return editable(request.sent(dead_letter) or dead_letter.body)


def editable(body: str) -> str:
    """A body over several lines if it is JSON, else as it is, with what is no text escaped."""
    text = readable(body)
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


def mended(text: str, dead_letter: DeadLetter) -> str:
    """What somebody typed instead of a `draft`, made compact, as it is to be sent.

    Raises UnusableError, which says what is wrong, also where no event is in it.
    """
    if request.sent(dead_letter) is not None:
        return _mended_request(text, dead_letter)
    try:
        return compact(text)
    except UnreadableEnvelopeError as error:
        raise UnusableError(f"this is no notification: {error}") from None
    except InvalidEventError as error:
        raise UnusableError(f"this is no event: {error}") from None


def _mended_request(text: str, dead_letter: DeadLetter) -> str:
    # A form is taken as it is; whether this registry sends any, its adapter says.
    with suppress(strict_json.InvalidJSONError):
        text = json.dumps(strict_json.loads(text), separators=(",", ":"))
    found = request.translated(dead_letter, text)
    for one in found.translated:
        if one.message and one.reason:
            why = Story.read(one.message.headers).error
            raise UnusableError(f"{dead_letter.registry} does not send this: {why}")
    if not any(one.message for one in found.translated):
        why = found.ignored or "it holds no event"
        raise UnusableError(f"nothing of ours is in it: {why}")
    return text


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
    """What `mended` gave, instead of what one dead letter holds."""

    dead_letter: DeadLetter
    text: str


async def requeue_edited(
    loaded: Settings, edit: Edit, work: Operation, attended: Attended
) -> tuple[Outcome, Trail]:
    """Raises BusyError, BrokerAwayError."""
    async with AsyncExitStack() as stack:
        trail = Trail(await stack.enter_async_context(audit.database(loaded)))
        broker = await stack.enter_async_context(
            connected(secret(loaded.amqp_url), wanted=wanted(loaded))
        )
        channel = await publishing_channel(broker)
        outcome = await stack.enter_async_context(audit.written_down(trail, work))
        at = datetime.now(UTC)

        async def deed(batch: Sequence[DeadLetter]) -> Done:
            messages = [edited(one, edit.text, by=work.actor, at=at) for one in batch]
            return await publish_groups(channel, messages, wanted(loaded))

        await Action(broker.url, deed, attended).run([key(edit.dead_letter)], outcome)
    return outcome, trail
