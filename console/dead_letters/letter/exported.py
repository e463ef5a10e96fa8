"""Dead letters as lines of JSON, and back."""

import struct
from typing import Any, Final

from pamqp import encode

from console.dead_letters.letter.dead_letter import DeadLetter
from console.errors import UnusableError
from shared import strict_json
from shared.text import printable, to_bytes

_LONGEST_NAME: Final = 128
# All headers share one frame, of 128 KiB with RabbitMQ's defaults.
_LONGEST_HEADERS: Final = 100_000


def parse(line: str) -> DeadLetter:
    """A dead letter that `DeadLetter.json` wrote. Raises UnusableError."""
    try:
        value = strict_json.loads(line)
    except strict_json.InvalidJSONError as error:
        raise UnusableError(printable(str(error), 200)) from None
    if not isinstance(value, dict):
        raise UnusableError("is not an object")
    body, headers = value.get("body"), value.get("headers")
    routing_key, message_id = value.get("routing_key", "event"), value.get("message_id", "")
    if not (isinstance(body, str) and isinstance(routing_key, str) and isinstance(message_id, str)):
        raise UnusableError("body, routing_key and message_id must be texts")
    if not isinstance(headers, dict):
        raise UnusableError("headers is not an object")
    _check(headers, routing_key)
    return DeadLetter.of(
        _bytes(body), message_id=message_id, routing_key=routing_key, headers=headers
    )


def _bytes(body: str) -> bytes:
    try:
        return to_bytes(body)
    except UnicodeEncodeError:
        raise UnusableError("body has surrogates that stand for no byte") from None


def _check(headers: dict[str, Any], routing_key: str) -> None:
    try:
        encode.short_string(routing_key)
        size = len(encode.field_table(headers))
        # Longer ones would be cut off without a word.
        long = [name for name in headers if len(name.encode()) > _LONGEST_NAME]
    except (TypeError, ValueError, OverflowError, struct.error) as error:
        why = printable(str(error), 200)
        raise UnusableError(f"headers or routing_key cannot be sent: {why}") from None
    if long:
        raise UnusableError(f"a header's name is longer than {_LONGEST_NAME} bytes")
    if size > _LONGEST_HEADERS:
        raise UnusableError(f"headers are longer than {_LONGEST_HEADERS} bytes")
