"""Requests as registries send them, and what their adapters find in them."""

import json
from typing import Any

from ingest.registries import REGISTRIES
from ingest.registries.adapter import Change, Found, Sent


def sent(
    body: Any, headers: dict[str, str] | None = None, *, options: dict[str, str] | None = None
) -> Sent:
    """A body that is not bytes is sent as its JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Sent(headers or {}, text, options or {})


def found(registry: str, request: Sent) -> list[Found]:
    return list(REGISTRIES[registry].read(request))


def change(registry: str, request: Sent) -> Change:
    """The one that is found."""
    (one,) = found(registry, request)
    assert isinstance(one, Change)
    return one
