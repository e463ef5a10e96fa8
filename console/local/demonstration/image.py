"""A small container image made on the spot, as an OCI image layout that skopeo can copy."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True, slots=True)
class Layout:
    """`skopeo copy oci:<directory>:<tag> ...`; the same seed gives the same digests."""

    directory: Path

    def add_image(self, tag: str, *, seed: str, layers: int = 1) -> str:
        """Return the manifest's digest."""
        return self._tag(tag, self._image(seed, layers, "amd64"))

    def add_index(self, tag: str, *, seed: str) -> str:
        """Two platforms behind one tag (copy with `--all`); return the index's digest."""
        manifests = [
            {
                **self._image(f"{seed} {architecture}", 1, architecture),
                "platform": {"os": "linux", "architecture": architecture},
            }
            for architecture in ("amd64", "arm64")
        ]
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
        return self._tag(tag, self._put(_json(index), INDEX))

    def _image(self, seed: str, layers: int, architecture: str) -> dict[str, Any]:
        archives = [_archive(f"{seed} {number}") for number in range(layers)]
        config = {
            "architecture": architecture,
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [_digest(archive) for archive in archives]},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._put(_json(config), _CONFIG),
            "layers": [self._put(gzip.compress(a, mtime=0), _LAYER) for a in archives],
        }
        return self._put(_json(manifest), MANIFEST)

    def _put(self, content: bytes, media_type: str) -> dict[str, Any]:
        digest = _digest(content)
        blobs = self.directory / "blobs" / "sha256"
        blobs.mkdir(parents=True, exist_ok=True)
        (blobs / digest.removeprefix("sha256:")).write_bytes(content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def _tag(self, tag: str, descriptor: dict[str, Any]) -> str:
        (self.directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        path = self.directory / "index.json"
        known = json.loads(path.read_text())["manifests"] if path.exists() else []
        name = {"org.opencontainers.image.ref.name": tag}
        others = [entry for entry in known if entry.get("annotations") != name]
        entries = [*others, {**descriptor, "annotations": name}]
        path.write_bytes(_json({"schemaVersion": 2, "manifests": entries}))
        return str(descriptor["digest"])


def _archive(text: str) -> bytes:
    content = text.encode()
    entry = tarfile.TarInfo("content.txt")
    entry.size = len(content)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
