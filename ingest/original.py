"""What a registry sent, beside the event that was made of it, so that nothing of it is lost."""

import json
from hashlib import sha256
from typing import Any, Final

from ingest.actor_token import without_token
from ingest.arrival import Arrival
from ingest.registries.adapter import text_of
from shared import strict_json
from shared.text import from_bytes

# Bytes. What a registry sends has some thousands; an event has a limit, and so have all of a body.
_LARGEST: Final = 64 * 1024
_LARGEST_OF_ALL: Final = 4 * 1024 * 1024
# A whole manifest, as text: it is in the registry.
_MANIFEST: Final = "manifest"
_SENDS_MANIFESTS: Final = frozenset({"zot"})


def original(arrival: Arrival, events: int) -> dict[str, Any]:
    """Headers and body of the request that is `events` events, for each of these.

    Of a body that is too large for that there are its length and its SHA-256.
    """
    body = arrival.body.kept
    if len(body) > _LARGEST and arrival.registry in _SENDS_MANIFESTS:
        body = _without_manifest(body)
    told: dict[str, Any] = {"headers": dict(arrival.request)}
    if len(body) <= _LARGEST and len(body) * events <= _LARGEST_OF_ALL:
        return told | {"body": from_bytes(without_token(body))}
    whole = arrival.body.kept
    return told | {"body_length": len(whole), "body_sha256": sha256(whole).hexdigest()}


def _without_manifest(body: bytes) -> bytes:
    """The rest, whether the event is the body or its `data`; the body if it is not JSON."""
    try:
        value = strict_json.loads(text_of(body))
    except strict_json.InvalidJSONError:
        return body
    for part in (value, value.get("data")) if isinstance(value, dict) else ():
        if isinstance(part, dict):
            part.pop(_MANIFEST, None)
    return json.dumps(value).encode()
