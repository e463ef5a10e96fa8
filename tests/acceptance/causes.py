"""A thousand dead letters of ten causes, with the names that senders choose."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from console.dead_letters.operations.publish import publish_each, publishing_channel
from console.dead_letters.queue.broker import connected
from shared.amqp.dead_letter import Reason
from shared.amqp.message import Message
from shared.amqp.topology import DEAD_EXCHANGE
from tests.acceptance.burying import bury
from tests.factories import make_event

OF_EACH: Final = 100
AT_ONCE: Final = 20
LONG: Final = "team/" + "a-long-name-" * 400 + "x"
HOSTILE: Final = "<b>\u202ea/\x1b[2J\x00" + "W" * 300

_STORIES: Final[tuple[dict[str, Any], ...]] = (
    {"error_type": "RaiseError", "error": "no row"},
    {"error_type": "ForeignKeyViolationError", "error": f'insert violates "fk" of {LONG}'},
    {"error_type": "DeadlockDetectedError", "error": "deadlock detected", "attempts": 12},
    {"reason": Reason.INVALID_EVENT, "cause": "no target", "error": "no target", "attempts": 1},
    {"reason": Reason.INVALID_EVENT, "cause": "an id twice", "error": f"an id twice: {HOSTILE}"},
    {"reason": Reason.UNREADABLE_BODY, "cause": "no JSON", "error": "no JSON", "attempts": 1},
    {"reason": Reason.BODY_TOO_LARGE, "cause": "too large", "error": "the body is too large"},
    {"reason": Reason.UNKNOWN, "error": HOSTILE, "failed_at": "9999-12-31T23:59:59+00:00"},
    {"error_type": "DataError", "error": "x" * 2_000, "failed_at": "0001-01-01T00:00:00+00:00"},
)
_NAMES: Final = ("team/app", LONG, HOSTILE, "")


async def bury_a_thousand(amqp_url: str) -> None:
    """A few of each cause, again and again, as they come."""
    for start in range(0, OF_EACH, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        for story in _STORIES:
            await bury(amqp_url, [_event(number) for number in numbers], **story)
        await _give_up(amqp_url, [_event(number) for number in numbers])


def _event(number: int) -> dict[str, Any]:
    return make_event("push", _NAMES[number % len(_NAMES)], target={"tag": f"v{number}"})


async def _give_up(amqp_url: str, events: Sequence[Any]) -> None:
    """As the broker does at its delivery limit, with no story but its own header."""
    died = {"count": 1, "reason": "delivery_limit", "queue": "registry.events"}
    headers: Any = {"x-death": [{**died, "time": datetime.now(UTC)}]}
    messages = [
        Message(DEAD_EXCHANGE, "event.push", json.dumps(event).encode(), headers)
        for event in events
    ]
    async with connected(amqp_url) as broker:
        channel = await publishing_channel(broker)
        assert not any((await publish_each(channel, messages)).failures)
