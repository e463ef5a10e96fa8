"""Dead letters as lines of JSON, and back."""

import os
import struct
from pathlib import Path
from typing import Any, Final, Self, cast

from pamqp import encode

from console.dead_letters.errors import UnusableError
from console.dead_letters.view import DeadLetter
from shared import strict_json
from shared.amqp.message import Headers, Message
from shared.amqp.topology import DEAD_EXCHANGE
from shared.text import printable, to_bytes

_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
_LONGEST_NAME: Final = 128
# All headers share one frame, of 128 KiB with RabbitMQ's defaults.
_LONGEST_HEADERS: Final = 100_000


class NewFile:
    """A file that nobody else can read; lines that cannot be written whole are not in it.

    Closed without any line it is gone again.
    """

    def __init__(self, path: Path) -> None:
        """Raises UnusableError if it is there or cannot be."""
        self._path = path
        self._size = 0
        try:
            self._descriptor = os.open(path, _NEW, 0o600)
        except OSError as error:
            why = "is there already" if isinstance(error, FileExistsError) else error.strerror
            raise UnusableError(f"{printable(str(path))}: {why}") from None

    def write(self, lines: str) -> None:
        """Raises OSError, as of a full disk."""
        data = memoryview(lines.encode())
        start, size = 0, self._size + len(data)
        try:
            while start < len(data):
                start += os.write(self._descriptor, data[start:])
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size = size

    def flush(self) -> None:
        """Wait until it is on the disk. Raises OSError."""
        os.fsync(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        if not self._size:
            self._path.unlink(missing_ok=True)


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


def buried_again(dead_letter: DeadLetter) -> list[Message]:
    """The message that puts it back among the dead letters, as it was."""
    message = Message(
        exchange=DEAD_EXCHANGE,
        routing_key=dead_letter.routing_key,
        body=to_bytes(dead_letter.body),
        # The broker's own story holds lists and tables.
        headers=cast("Headers", dead_letter.headers),
    )
    return [message]


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
