"""What a registry sends while images are pushed: three layers, then a tagged manifest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

_REPOSITORIES: Final = 50
_PUSHES_PER_IMAGE: Final = 4
_HOST: Final = "registry.example.com:5000"
_LAYER: Final = "application/octet-stream"
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
# Distribution's envelope is indented by three blanks a level; an event is two levels deep.
_INDENT: Final = "\n" + 6 * " "


def pushes(count: int) -> Iterator[str]:
    """The JSON texts of `count` events, with the fields and the white space of Distribution."""
    for number in range(count):
        image, step = divmod(number, _PUSHES_PER_IMAGE)
        repository = f"team-{image % 5}/app-{image % _REPOSITORIES}"
        is_manifest = step == _PUSHES_PER_IMAGE - 1
        yield _text(_push(repository, f"v{image}" if is_manifest else None))


def envelope(*texts: str) -> bytes:
    """The body of a notification of these events."""
    events = ",\n      ".join(texts)
    return f'{{\n   "events": [\n      {events}\n   ]\n}}'.encode()


def tagged(count: int) -> int:
    """How many of `count` pushes are of a tagged manifest: those are geo events."""
    return count // _PUSHES_PER_IMAGE


def _text(event: dict[str, Any]) -> str:
    return json.dumps(event, indent=3).replace("\n", _INDENT)


def _push(repository: str, tag: str | None) -> dict[str, Any]:
    unique = str(uuid4())
    digest = f"sha256:{sha256(unique.encode()).hexdigest()}"
    kind, media_type = ("manifests", _MANIFEST) if tag else ("blobs", _LAYER)
    return {
        "id": unique,
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "action": "push",
        "target": {
            "mediaType": media_type,
            "size": 578,
            "digest": digest,
            "length": 578,
            "repository": repository,
            "url": f"http://{_HOST}/v2/{repository}/{kind}/{digest}",
            **({"tag": tag} if tag else {}),
        },
        "request": {
            "id": unique,
            "addr": "192.0.2.10:55618",
            "host": _HOST,
            "method": "PUT",
            "useragent": "docker/27.3.1 go/go1.22.7 kernel/6.8.0 os/linux arch/amd64",
        },
        "actor": {"name": "alice"},
        "source": {"addr": "registry-1:5000", "instanceID": unique},
    }
