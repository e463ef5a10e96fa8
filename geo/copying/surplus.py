"""Tags that the source has no more are taken off the target, and nothing else is."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from geo.registry import media_types, names
from geo.registry.client import Registry
from geo.registry.descriptor import Descriptor
from geo.registry.errors import UnsupportedError
from geo.registry.manifest import Manifest

_ANNOTATION: Final = "registry-events.deleted-tag"


class Surplus:
    """Of one repository; `stays` are tags that a deletion must not take along."""

    def __init__(self, target: Registry, repository: str, stays: Collection[str]) -> None:
        self._target, self._repository, self._stays = target, repository, stays
        self._by_tag = True
        self._needed: Mapping[str, Descriptor] | None = None

    async def delete(self, tag: str) -> None:
        """Raises RegistryError; UnsupportedError if the registry deletes nothing."""
        if self._by_tag:
            try:
                await self._target.delete(self._repository, tag)
            except UnsupportedError:
                self._by_tag = False
            else:
                return
        await self._delete_by_digest(tag)

    async def _delete_by_digest(self, tag: str) -> None:
        """The registry takes all tags of a digest with it: that must be a digest of this tag only.

        If a tag that stays may need it, the tag is given a manifest of its own before, as
        `regctl tag rm` does (https://github.com/regclient/regclient/blob/main/scheme/reg/tag.go).
        """
        stands_for = await self._target.digest(self._repository, tag)
        if stands_for is None:
            return
        digest = stands_for.digest
        if needs(await self._stay(), digest):
            manifest = await self._target.manifest(self._repository, tag)
            own = placeholder(manifest, tag)
            await self._target.put_manifest(self._repository, tag, own)
            digest = own.digest
        await self._target.delete(self._repository, digest)

    async def _stay(self) -> Sequence[Descriptor]:
        if self._needed is None:
            found = {tag: await self._target.digest(self._repository, tag) for tag in self._stays}
            self._needed = {tag: one for tag, one in found.items() if one is not None}
        return list(self._needed.values())


def needs(stay: Collection[Descriptor], digest: str) -> bool:
    """Whether one of them is this manifest, or may have it as a child."""
    return any(one.digest == digest or one.media_type in media_types.INDEXES for one in stay)


def placeholder(manifest: Manifest, tag: str) -> Manifest:
    """One that names what `manifest` names, all of which is there, and that no other tag has."""
    document = json.loads(manifest.body)
    annotations = document.get("annotations")
    own = annotations if isinstance(annotations, dict) else {}
    document["annotations"] = {**own, _ANNOTATION: tag}
    body = json.dumps(document).encode()
    return Manifest(manifest.media_type, names.digest_of(body), body)
