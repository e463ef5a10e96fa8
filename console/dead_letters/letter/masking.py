"""Dead letters as they are shown: without what says who and from where, or opens a door.

Of a payload the places that are known to be harmless keep their values, and no other does; in all
that is text, credentials are masked by their shape. Who selects and groups sees the whole.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.letter.past import ORIGINAL_BODY
from console.dead_letters.letter.unpacked import readable
from shared import credentials, strict_json
from shared.amqp.message import REQUEST_HEADERS
from shared.credentials import MASK
from shared.text import to_bytes

# Who asks for all may not think of what that is, and hand it on.
UNMASKED: Final = "unmasked: holds addresses, user agents and actors"
HIDDEN: Final = "(not readable as JSON; --no-mask shows it)"
# Deeper than any place that is known, and far from the interpreter's limit.
_DEEPEST: Final = 50

# The places within a place; one that has none holds a value.
Place: TypeAlias = Mapping[str, "Place"]


def _values(*names: str) -> Place:
    return {name: {} for name in names}


_CONTENT: Final = ("mediaType", "size", "digest")
_NAMES: Final = ("length", "repository", "fromRepository", "tag", "url")
_EVENT: Final[Place] = {
    **_values("id", "timestamp", "action"),
    "target": {
        **_values(*_CONTENT, *_NAMES),
        "references": _values(*_CONTENT),
        "rename": _values("type", "from", "to"),
    },
    "request": _values("id", "host", "method"),
    # What kind of user a GitLab registry saw; `user` beside it is that user's token.
    "actor": _values("user_type"),
    "source": _values("addr", "instanceID"),
}
_BODY: Final[Place] = {**_EVENT, "events": _EVENT}
# Of a request's headers: what kind of request it is, and which.
_REQUEST: Final = re.compile(
    r"content-type|ce-(id|specversion|time|type)|aeg-(event-type|delivery-count)"
    r"|x-github-(event|delivery)|x-(gitea|forgejo)-(event|event-type|delivery)"
    r"|x-nexus-webhook-(id|delivery)|x-amz-sns-message-(id|type)"
)


def payload(body: str, *, mask: bool) -> object:
    """A body as a value; one that is not JSON is its text, or only said to be hidden."""
    try:
        value = strict_json.loads(readable(body))
    except strict_json.InvalidJSONError:
        return HIDDEN if mask else body
    return _shown(value, _BODY) if mask else value


def masked(dead_letter: DeadLetter) -> DeadLetter:
    """What there is to be shown of it, as if it had come so."""
    return DeadLetter.of(
        to_bytes(json.dumps(payload(dead_letter.body, mask=True))),
        message_id=credentials.masked(dead_letter.message_id),
        routing_key=credentials.masked(dead_letter.routing_key),
        headers=_without_credentials(
            {name: _header(name, value) for name, value in dead_letter.headers.items()}
        ),
    )


def pretty(value: object) -> str:
    """JSON over several lines, ASCII only, so that nothing in it can steer a terminal."""
    return json.dumps(value, indent=2)


def header(value: object) -> str:
    """A text as it is, whatever else a header may hold as JSON; not safe to print."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _header(name: str, value: Any) -> Any:  # noqa: ANN401  a header's value
    if name == ORIGINAL_BODY:
        return MASK
    return _request(value) if name == REQUEST_HEADERS else value


def _request(header: object) -> str:
    try:
        request = strict_json.loads(header) if isinstance(header, str) else None
    except strict_json.InvalidJSONError:
        return MASK
    if not isinstance(request, dict):
        return MASK
    return json.dumps(
        {
            name: value if isinstance(value, str) and _REQUEST.fullmatch(name) else MASK
            for name, value in request.items()
        }
    )


def _shown(value: object, place: Place | None, depth: int = 0) -> object:
    """The value with its keys; None is a place that is not known."""
    match value:
        case dict() | list() if depth > _DEEPEST:
            return MASK
        case dict():
            return {
                credentials.masked(name): _shown(one, (place or {}).get(name), depth + 1)
                for name, one in value.items()
            }
        case list():
            # Where a value belongs, a list of them does not.
            return [_shown(one, place or None, depth + 1) for one in value]
        case None | "":
            return value
        case _:
            return MASK if place is None or place else _without_credentials(value)


def _without_credentials(value: Any) -> Any:  # noqa: ANN401  a header's value
    match value:
        case str() | bytes() | bytearray():
            return credentials.masked(str(value))
        case dict():
            return {
                credentials.masked(name): _without_credentials(one) for name, one in value.items()
            }
        case list():
            return [_without_credentials(one) for one in value]
        case _:
            return value
