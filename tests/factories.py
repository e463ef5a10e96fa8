"""Events and envelopes as a registry sends them, with what a test cares about changed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = "application/octet-stream"
DIGEST = "sha256:" + "ab" * 32


def make_event(
    action: str = "push",
    repository: str = "team/app",
    *,
    target: Mapping[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A push of an untagged manifest; `target` adds to the target, `changes` to the event."""
    return {
        "id": str(uuid4()),
        "timestamp": datetime.now(UTC).isoformat(),
        "action": action,
        "target": {
            "mediaType": MANIFEST,
            "digest": DIGEST,
            "size": 528,
            "repository": repository,
            **(target or {}),
        },
        "request": {
            "id": str(uuid4()),
            "host": "registry.example",
            "method": "PUT",
            "useragent": "skopeo/1.9.3",
        },
        "actor": {"name": "alice"},
        "source": {"addr": "registry-1:5000", "instanceID": str(uuid4())},
        **changes,
    }


def make_envelope(*events: Any) -> bytes:
    return json.dumps({"events": list(events)}).encode()
