"""The whole story of one dead letter in words, safe to print."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from console.dead_letters.letter import masking, notification, past, request
from console.dead_letters.letter.cause import cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.past import REQUEUED_AT, REQUEUED_BY
from console.terminal import prose
from console.words import provenance
from console.words.moments import Clock, age, believed
from shared import credentials
from shared.amqp.dead_letter import Reason
from shared.amqp.message import RECEIVED_AT, SOURCE, TRACEPARENT
from shared.origin import Origin
from shared.text import printable

_PAYLOAD: Final = 64 * 1024
_LABEL: Final = 14
_TRY_NEXT: Final = f"{'try next':<{_LABEL}}"
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


def tell(
    dead_letter: DeadLetter, clock: Clock, *, mask: bool, width: int | None = None
) -> Iterator[str]:
    """Lines of at most `width` cells, where ids and words of commands allow it; None: uncut."""
    for label, text in _story(dead_letter, clock, mask=mask):
        yield from prose.hanging(f"{label:<{_LABEL}}", text, width)
    yield "payload" + (", masked; --no-mask shows the whole" if mask else "")
    text = masking.pretty(masking.payload(dead_letter.body, mask=mask))
    for line in text[:_PAYLOAD].splitlines():
        bare = line.lstrip()
        yield from prose.hanging(" " * (2 + len(line) - len(bare)), bare, width)
    if len(text) > _PAYLOAD:
        yield f"  … and {len(text) - _PAYLOAD:,} more characters; -o json shows all"
    why, *commands = advice(dead_letter)
    yield from prose.hanging(_TRY_NEXT, why, width)
    for command in commands:
        yield from prose.command(_TRY_NEXT, command, width)


def _story(dead_letter: DeadLetter, clock: Clock, *, mask: bool) -> Iterator[tuple[str, str]]:
    shown = masking.masked(dead_letter) if mask else dead_letter
    for name, value in _facts(shown, cause(dead_letter).group, clock):
        yield name, printable(value, 2000) or "-"
    for line in past.before(shown):
        yield "died before", line
    for name, value in sorted(shown.headers.items()):
        yield "header", f"{printable(name, 255)}: {printable(masking.header(value), 2000)}"
    for death in _deaths(shown.headers):
        yield "broker", printable(masking.header(death), 500)


def came_by(dead_letter: DeadLetter) -> Iterator[tuple[str, str]]:
    """How an event of a named source has its id and its time, not safe to print."""
    if dead_letter.home and dead_letter.story.reason not in request.WHOLE:
        origin = Origin.read(dead_letter.headers)
        yield "event id", provenance.told(origin.id_from)
        yield "event time", provenance.told(origin.time_from)


def _facts(dead_letter: DeadLetter, group: str, clock: Clock) -> Iterator[tuple[str, str]]:
    story, headers = dead_letter.story, dead_letter.headers
    event = (dead_letter.action, dead_letter.name, dead_letter.event_id)
    yield "dead letter", dead_letter.message_id
    yield "event", " ".join(filter(None, event))
    yield "source", str(headers.get(SOURCE, ""))
    if dead_letter.home:
        yield "registry", dead_letter.home
    yield from came_by(dead_letter)
    yield "reason", story.reason.value
    yield "error", dead_letter.error
    yield "group", group
    yield "attempts", str(story.attempts or "")
    yield "received", clock.read(str(headers.get(RECEIVED_AT, "") or story.first_seen))
    yield "first seen", clock.read(story.first_seen)
    yield "failed at", _ago(dead_letter.failed_at, clock)
    yield "buried by", f"{story.host}, version {story.version}" if story.host else "the broker"
    yield "requeued", _requeued(dead_letter, clock)
    yield "trace", str(headers.get(TRACEPARENT, ""))
    yield "routing key", dead_letter.routing_key


def _ago(then: datetime | None, clock: Clock) -> str:
    if not believed(then, now=clock.now):
        return clock.full(then)
    return f"{clock.full(then)} ({age(then, now=clock.now)} ago)"


def _requeued(dead_letter: DeadLetter, clock: Clock) -> str:
    if not dead_letter.requeues:
        return "never"
    headers = dead_letter.headers
    last = f"{clock.read(str(headers.get(REQUEUED_AT, '-')))} by {headers.get(REQUEUED_BY, '-')}"
    return f"{dead_letter.requeues} times, last {last}"


def _deaths(headers: Mapping[str, Any]) -> list[object]:
    deaths = headers.get("x-death")
    return deaths if isinstance(deaths, list) else []
