"""What an image is at a registry on this machine, down to its last byte."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from console.local.demonstration.image import INDEX, MANIFEST
from console.local.network.loopback import request
from console.local.report import LocalError
from shared import faults

_ACCEPT: Final = {"Accept": f"{MANIFEST}, {INDEX}"}
_OK: Final = 200
_NOT_FOUND: Final = 404

Contents = Mapping[str, bytes]


def digest(port: int, repository: str, tag: str) -> str | None:
    """Of the manifest that it gives for the tag, by its bytes; None if it has none.

    Raises LocalError when the registry does not answer.
    """
    body = _get(port, f"/v2/{repository}/manifests/{tag}")
    return None if body is None else f"sha256:{hashlib.sha256(body).hexdigest()}"


def contents(port: int, repository: str, reference: str) -> Contents:
    """All that it leads to, by digest; nothing if any of it is absent. Raises as `digest`."""
    body = _get(port, f"/v2/{repository}/manifests/{reference}")
    if body is None:
        return {}
    found, manifest = {reference: body}, json.loads(body)
    for blob in _blobs(manifest):
        content = _get(port, f"/v2/{repository}/blobs/{blob}")
        if content is None:
            return {}
        found[blob] = content
    for child in manifest.get("manifests", ()):
        below = contents(port, repository, child["digest"])
        if not below:
            return {}
        found |= below
    return found


def _blobs(manifest: Mapping[str, Any]) -> list[str]:
    named = [*filter(None, [manifest.get("config")]), *manifest.get("layers", ())]
    return [one["digest"] for one in named]


def _get(port: int, path: str) -> bytes | None:
    try:
        status, body = request(port, "GET", path, headers=_ACCEPT)
    except OSError as error:
        raise LocalError(f"a registry did not answer: {faults.in_words(error)}") from error
    if status not in {_OK, _NOT_FOUND}:
        raise LocalError(f"a registry answered {status} to GET {path}")
    return body if status == _OK else None
