"""What another registry says, as events in Distribution's shape and their messages."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ingest.arrival import Arrival
from ingest.envelope import MOST_EVENTS, UnreadableEnvelopeError
from ingest.original import original
from ingest.registries import REGISTRIES
from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Unreadable,
    UnreadableRequestError,
)
from ingest.translation import Translated, check_encoding, too_large, translate_one, unreadable
from shared.logs import get_logger
from shared.origin import Origin

_UNRECORDED: Final = "an invalid event of an action that nobody records"


class Normalised(NamedTuple):
    """`ignored` says why there is nothing of ours in it, or in a part of it; empty if there is.

    `confirm_at` is as an `Ignored` has it.
    """

    translated: Sequence[Translated]
    ignored: str = ""
    confirm_at: str | None = None


def normalised(arrival: Arrival) -> Normalised:
    """All of a request; never raises, whatever it holds.

    What of it cannot be read is one dead letter with the whole, so that it can be translated again
    by a version that knows more: what was read of it now has the same ids then, and counts once.
    """
    if arrival.body.is_cut:
        return Normalised([too_large(arrival)])
    try:
        found = _read(arrival)
        changes = [(at, one) for at, one in enumerate(found) if isinstance(one, Change)]
        came_as = original(arrival, len(changes))
        translated = [_translated(arrival, at, one, came_as) for at, one in changes]
    except (UnreadableRequestError, UnreadableEnvelopeError) as error:
        return Normalised([unreadable(arrival, error)])
    except Exception as error:  # noqa: BLE001  an adapter's fault shall lose no event
        get_logger().error("arrival.not_translated", registry=arrival.registry, exc_info=error)
        return Normalised([unreadable(arrival, UnreadableRequestError("its adapter failed"))])
    if why := next((one.reason for one in found if isinstance(one, Unreadable)), ""):
        translated.append(unreadable(arrival, UnreadableRequestError(why)))
    none_of_ours = next((one for one in found if isinstance(one, Ignored)), Ignored(""))
    ignored = none_of_ours.reason
    if not ignored and any(not one.message for one in translated):
        ignored = _UNRECORDED
    return Normalised(translated, ignored, none_of_ours.confirm_at)


def handshake(arrival: Arrival) -> object | None:
    """The value of the JSON that a registry waits for before it sends anything; None for others."""
    if arrival.body.is_cut:
        return None
    try:
        return REGISTRIES[arrival.registry].answer(arrival.sent)
    except Exception:  # noqa: BLE001  what cannot be read is no handshake, and is a dead letter then
        return None


def _read(arrival: Arrival) -> Sequence[Found]:
    """All that its adapter finds, or nothing. Raises UnreadableRequestError, and what it has."""
    check_encoding(arrival)
    if arrival.registry not in REGISTRIES:
        raise UnreadableRequestError("its registry is not known to this version")
    found: list[Found] = []
    for one in REGISTRIES[arrival.registry].read(arrival.sent):
        found.append(one)
        if len(found) > MOST_EVENTS:
            raise UnreadableRequestError(f"more than {MOST_EVENTS} events")
    return found


def _translated(
    arrival: Arrival, at: int, change: Change, came_as: Mapping[str, Any]
) -> Translated:
    origin = Origin(
        source=arrival.source,
        registry=arrival.registry,
        kind=change.kind,
        id_from=change.id_from,
        time_from=change.time_from,
    )
    event = {
        "id": change.event_id or arrival.event_id(at),
        "timestamp": change.occurred_at or arrival.received_at.isoformat(),
        "action": change.action,
        **_parts(change),
        "original": came_as,
    }
    receipt = {} if change.event_id else arrival.receipt_header
    headers = {**arrival.came, **origin.headers, **receipt}
    return translate_one(_json(event), headers, arrival.received_at)


def _parts(change: Change) -> dict[str, Any]:
    parts = {
        "target": {
            "repository": change.repository,
            "tag": change.tag,
            "digest": change.digest,
            "mediaType": change.media_type,
        },
        "request": {
            "id": change.request_id,
            "addr": change.address,
            "host": change.host,
            "method": change.method,
            "useragent": change.user_agent,
        },
        "actor": {"name": change.actor},
        "source": {"addr": change.node},
    }
    return {
        part: told
        for part, members in parts.items()
        if (told := {name: text for name, text in members.items() if text is not None})
    }


def _json(event: object) -> str:
    text = json.dumps(event, ensure_ascii=False)
    # Bytes that were no UTF-8 stay as escapes: the message is UTF-8.
    return text if text.isascii() or _is_utf8(text) else json.dumps(event)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
