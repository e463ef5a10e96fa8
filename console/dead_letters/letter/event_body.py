"""What can be read of a dead letter's body, whatever it is."""

from collections.abc import Mapping

from shared import strict_json
from shared.text import from_bytes


def timestamp(body: bytes) -> str:
    """The text in the event of a message's body; empty if there is none."""
    return text(event(from_bytes(body)).get("timestamp"))


def event(body: str) -> Mapping[str, object]:
    """Empty if it is no object of JSON."""
    try:
        return members(strict_json.loads(body))
    except strict_json.InvalidJSONError:
        return {}


def members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return value if isinstance(value, str) else ""
