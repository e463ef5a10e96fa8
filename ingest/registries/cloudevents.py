"""CloudEvents over HTTP: structured, binary (attributes in headers `ce-*`) and batched.

Rules: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from base64 import b64decode
from binascii import Error as NotBase64Error
from typing import Final
from urllib.parse import unquote

import msgspec

from ingest.registries.adapter import (
    Sent,
    UnreadableRequestError,
    converted,
    json_of,
    text_of,
    value,
)

_PREFIX: Final = "ce-"


class CloudEvent(msgspec.Struct):
    """`operator` is Harbor's; `data` is looked at by whoever knows the type."""

    type: str
    id: str | None = None
    time: str | None = None
    operator: str | None = None
    data: object = None
    data_base64: str | None = None


def told(sent: Sent) -> object:
    """What a structured one would say, or several of them. Raises UnreadableRequestError."""
    if f"{_PREFIX}type" not in sent.headers:
        return value(sent, object)
    attributes = {
        name.removeprefix(_PREFIX): unquote(text)
        for name, text in sent.headers.items()
        if name.startswith(_PREFIX)
    }
    return {"specversion": "1.0"} | attributes | {"data": value(sent, object), "data_base64": None}


def is_one(element: object) -> bool:
    return isinstance(element, dict) and "specversion" in element


def event(element: object) -> CloudEvent:
    """Raises UnreadableRequestError."""
    return converted(element, CloudEvent)


def data(one: CloudEvent) -> object:
    """The JSON value of its data, which may travel as a text. Raises UnreadableRequestError."""
    if isinstance(one.data, str):
        return json_of(one.data)
    if one.data is None and one.data_base64 is not None:
        try:
            return json_of(text_of(b64decode(one.data_base64, validate=True)))
        except (NotBase64Error, ValueError):
            raise UnreadableRequestError("data_base64 is not the base64 of JSON") from None
    return one.data
