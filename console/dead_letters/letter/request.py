"""What another registry sent, of a dead letter: all it holds, or what its event was made of."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.unpacked import readable
from shared import strict_json
from shared.amqp.dead_letter import Reason
from shared.amqp.message import REQUEST_HEADERS, received_at
from shared.origin import DISTRIBUTION
from shared.text import to_bytes

if TYPE_CHECKING:
    # Adapters are many, and few dead letters need one: nobody else waits for their imports.
    from ingest.normalisation import Normalised

WHOLE: Final = frozenset({Reason.UNREADABLE_BODY, Reason.BODY_TOO_LARGE})
_NOTHING: Final[Mapping[str, object]] = {}


def is_whole(dead_letter: DeadLetter) -> bool:
    """Whether it holds a request, or its beginning, that is not in Distribution's form."""
    return dead_letter.story.reason in WHOLE and dead_letter.registry != DISTRIBUTION


def sent(dead_letter: DeadLetter) -> str | None:
    """The body in its registry's own form; None of Distribution's, and if it was not kept."""
    if is_whole(dead_letter):
        return readable(dead_letter.body)
    body = _original(dead_letter).get("body")
    return body if isinstance(body, str) and _has_bytes(body) else None


def translated(dead_letter: DeadLetter, body: str) -> "Normalised":
    """What this version's adapter makes of such a body, as if it had come in this one's place."""
    from ingest.arrival import Arrival  # noqa: PLC0415  see above
    from ingest.normalisation import Normalised, normalised  # noqa: PLC0415

    headers = dict(dead_letter.headers)
    if not is_whole(dead_letter):
        headers[REQUEST_HEADERS] = json.dumps(_original(dead_letter).get("headers"))
    arrival = Arrival.again(to_bytes(body), headers, received_at=came(dead_letter))
    return normalised(arrival) if arrival else Normalised([])


def came(dead_letter: DeadLetter) -> datetime:
    """When it was received, as well as anybody says."""
    return received_at(dead_letter.headers) or dead_letter.failed_at or datetime.now(UTC)


def _original(dead_letter: DeadLetter) -> Mapping[str, object]:
    """Whatever stands beside the event of another registry; empty if nothing does."""
    if dead_letter.registry == DISTRIBUTION:
        return _NOTHING
    try:
        event = strict_json.loads(dead_letter.body)
    except strict_json.InvalidJSONError:
        return _NOTHING
    original = event.get("original") if isinstance(event, dict) else None
    return original if isinstance(original, dict) else _NOTHING


def _has_bytes(body: str) -> bool:
    """Not of one that somebody wrote by hand, with surrogates that stand for none."""
    try:
        to_bytes(body)
    except UnicodeEncodeError:
        return False
    return True
