"""A notification as CNCF Distribution sends it, for when no registry is there to send one."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

REPOSITORY = "demo/sample"
CONTENT_TYPE = "application/vnd.docker.distribution.events.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def notification() -> dict[str, list[dict[str, object]]]:
    """Push of a layer, push of its manifest with a tag, delete; never the same ids twice."""
    layer, manifest = _digest(), _digest()
    pushed_layer = {"mediaType": "application/octet-stream", "digest": layer, "size": 4096}
    pushed_tag = {"mediaType": _MANIFEST, "digest": manifest, "size": 578, "tag": "v1"}
    return {
        "events": [
            _event("push", "PUT", pushed_layer),
            _event("push", "PUT", pushed_tag),
            _event("delete", "DELETE", {"digest": manifest}),
        ]
    }


def to_json(envelope: Mapping[str, object]) -> bytes:
    return json.dumps(envelope, indent=2).encode()


def _event(action: str, method: str, target: Mapping[str, object]) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat(),
        "action": action,
        "target": {**target, "repository": REPOSITORY},
        "request": {
            "id": str(uuid.uuid4()),
            "addr": "127.0.0.1:40000",
            "host": "registry.example",
            "method": method,
            "useragent": "registry-events-sample",
        },
        "actor": {"name": "sample"},
        "source": {"addr": "sample:5000", "instanceID": str(uuid.uuid4())},
    }


def _digest() -> str:
    return f"sha256:{hashlib.sha256(secrets.token_bytes(16)).hexdigest()}"
