"""Messages, held against the AsyncAPI document that is shipped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator

from shared.text import from_bytes

SHIPPED: Final = Path(__file__).parents[1] / "deploy" / "asyncapi.json"
DOCUMENT: Final[Mapping[str, Any]] = json.loads(SHIPPED.read_text())
EVENT: Final = "Event"
DEAD_LETTER: Final = "DeadLetter"
_MESSAGES: Final = DOCUMENT["components"]["messages"]
# Beside the document's own members, so that its references lead somewhere.
_VALIDATORS: Final = {
    (name, part): Draft7Validator({**DOCUMENT, **message[part]})
    for name, message in _MESSAGES.items()
    for part in ("headers", "payload")
}


def faults(name: str, headers: Mapping[str, Any], body: bytes) -> list[str]:
    """What of a message is otherwise than the one of this name is described."""
    found = _faults(name, "headers", dict(headers))
    if not _MESSAGES[name]["payload"]:
        return found
    return found + _faults(name, "payload", json.loads(from_bytes(body)))


def _faults(name: str, part: str, value: object) -> list[str]:
    return [
        f"{part} {one.json_path}: {one.message}"
        for one in _VALIDATORS[name, part].iter_errors(value)
    ]
