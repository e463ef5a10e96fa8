"""The whole story of one dead letter in words, safe to print."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from console.dead_letters import deaths, masking, notification
from console.dead_letters.grouping import cause
from console.dead_letters.moments import age, stamp
from console.dead_letters.requeueing import REQUEUED_AT, REQUEUED_BY
from console.dead_letters.view import DeadLetter
from shared import credentials
from shared.amqp.dead_letter import Reason
from shared.amqp.message import RECEIVED_AT, SOURCE, TRACEPARENT
from shared.text import printable

_PAYLOAD: Final = 64 * 1024
COMMAND: Final = "registry-events dead-letters"
_ADVICE: Final = {
    Reason.UNREADABLE_BODY: (
        "it is no notification of a kind that is known; keep a copy and remove it, or mend it:",
        "discard --id {id} --export dead.jsonl",
        "edit {id}",
    ),
    Reason.BODY_TOO_LARGE: (
        "only its beginning was kept: see who sends so much, then mend it or remove it:",
        "show {id} --no-mask",
        "edit {id}",
        "discard --id {id} --export dead.jsonl",
    ),
    Reason.INVALID_EVENT: (
        "as it is it would die again; mend the event, or remove the group:",
        "edit {id}",
        "discard --group {group} --export dead.jsonl --dry-run",
    ),
    Reason.RECORDING_FAILED: (
        "mend what the error says, then send one ahead of its group:",
        "requeue --group {group} --canary 1 --dry-run",
    ),
    Reason.DELIVERY_LIMIT: (
        "workers ended while they had it; see their logs before, then try one:",
        "requeue --id {id} --canary 1",
    ),
    Reason.UNKNOWN: ("somebody else put it there; look at it whole:", "show {id} --no-mask"),
}

_READABLE: Final = (
    "it holds a notification that ingest did not take as it came; send its events in:",
    "requeue --id {id} --dry-run",
)


def advice(dead_letter: DeadLetter) -> list[str]:
    """What to try next: a reason, then commands."""
    held = notification.messages(dead_letter)
    why, *commands = _READABLE if held else _ADVICE[dead_letter.story.reason]
    known = {
        "id": printable(credentials.masked(dead_letter.message_id or dead_letter.event_id), 300),
        "group": cause(dead_letter).group,
    }
    return [why, *(f"{COMMAND} {command.format_map(known)}" for command in commands)]


def tell(dead_letter: DeadLetter, *, now: datetime, mask: bool) -> Iterator[str]:
    """Lines of text."""
    shown = masking.masked(dead_letter) if mask else dead_letter
    for name, value in _facts(shown, cause(dead_letter).group, now):
        yield f"{name:<14}{printable(value, 2000) or '-'}"
    for line in deaths.before(shown):
        yield f"{'died before':<14}{line}"
    for name, value in sorted(shown.headers.items()):
        yield f"{'header':<14}{printable(name, 255)}: {printable(str(value), 2000)}"
    for death in _deaths(shown.headers):
        yield f"{'broker':<14}{printable(str(death), 500)}"
    yield "payload" + (", masked; --no-mask shows the whole" if mask else "")
    text = masking.pretty(masking.payload(dead_letter.body, mask=mask))
    for line in text[:_PAYLOAD].splitlines():
        yield f"  {line}"
    if len(text) > _PAYLOAD:
        yield f"  … and {len(text) - _PAYLOAD:,} more characters; -o json shows all"
    for line in advice(dead_letter):
        yield f"{'try next':<14}{line}"


def _facts(dead_letter: DeadLetter, group: str, now: datetime) -> Iterator[tuple[str, str]]:
    story, headers = dead_letter.story, dead_letter.headers
    event = (dead_letter.action, dead_letter.name, dead_letter.event_id)
    yield "dead letter", dead_letter.message_id
    yield "event", " ".join(filter(None, event))
    yield "source", str(headers.get(SOURCE, ""))
    yield "reason", story.reason.value
    yield "error", dead_letter.error
    yield "group", group
    yield "attempts", str(story.attempts or "")
    yield "received", str(headers.get(RECEIVED_AT, "") or story.first_seen)
    yield "first seen", story.first_seen
    yield "failed at", f"{stamp(dead_letter.failed_at)} ({age(dead_letter.failed_at, now=now)} ago)"
    yield "buried by", f"{story.host}, version {story.version}" if story.host else "the broker"
    yield "requeued", _requeued(dead_letter)
    yield "trace", str(headers.get(TRACEPARENT, ""))
    yield "routing key", dead_letter.routing_key


def _requeued(dead_letter: DeadLetter) -> str:
    if not dead_letter.requeues:
        return "never"
    headers = dead_letter.headers
    last = f"{headers.get(REQUEUED_AT, '-')} by {headers.get(REQUEUED_BY, '-')}"
    return f"{dead_letter.requeues} times, last {last}"


def _deaths(headers: Mapping[str, Any]) -> list[object]:
    deaths = headers.get("x-death")
    return deaths if isinstance(deaths, list) else []
