"""Manifests of one repository on their way, after all that they name."""

from collections.abc import Collection
from functools import partial
from typing import Final

from geo.copying.blobs import Blobs
from geo.copying.counts import Counts
from geo.copying.turns import Turns, for_each
from geo.registry import media_types
from geo.registry.client import Registry
from geo.registry.descriptor import Descriptor
from geo.registry.errors import RegistryError
from geo.registry.manifest import Manifest

# An index of indexes of images with signatures of attestations is half as deep.
_DEEPEST: Final = 8


class TooDeepError(RegistryError):
    """Manifests that name manifests, with no end in sight."""


class Images:
    """Sees that the target has a manifest whole: blobs, children, what is attached to it.

    A manifest comes last, so that whoever finds one at the target may trust that its blobs and
    children are there. What is attached to it may have come later, and is looked for each time.
    """

    def __init__(
        self, source: Registry, target: Registry, blobs: Blobs, counts: Counts, repository: str
    ) -> None:
        self._source, self._target, self._repository = source, target, repository
        self._blobs, self._counts = blobs, counts
        self._turns = Turns()
        self._whole: set[str] = set()
        self._asked: set[str] = set()
        # Set if the target has no such repository: nothing needs to be looked for then.
        self.new = False

    async def put(self, manifest: Manifest, tag: str) -> None:
        """Let `tag` stand for it, once all that belongs to it is there. Raises RegistryError."""
        tree: set[str] = set()
        descriptor = Descriptor(manifest.media_type, manifest.digest, len(manifest.body))
        await self._complete(descriptor, tree, 0, manifest)
        await self._attach(tree, 0)
        await self._put(manifest, tag)
        self._whole.add(manifest.digest)

    async def attach(self, descriptor: Descriptor) -> None:
        """What is attached to one that the target has, or to its children. Raises RegistryError."""
        if not self._source.knows_referrers:
            return
        tree: set[str] = set()
        await self._complete(descriptor, tree, 0)
        await self._attach(tree, 0)

    async def _complete(
        self,
        descriptor: Descriptor,
        tree: set[str],
        depth: int,
        tagged: Manifest | None = None,
    ) -> None:
        """Blobs and children first; `tree` gains what is whole now. `tagged` is put by others.

        A digest's turn is held while those of its children are awaited. They cannot wait for it in
        turn, since no manifest can name one that names it; what is attached could.
        """
        digest = descriptor.digest
        _check(depth, digest)
        async with self._turns.of(digest):
            if digest in self._whole:
                return
            is_there = not self.new and await self._target.digest(self._repository, digest)
            if not is_there or descriptor.media_type in media_types.INDEXES:
                read = tagged or await self._source.manifest(self._repository, digest)
                complete = partial(self._complete, tree=tree, depth=depth + 1)
                await for_each(read.children, complete)
                if not is_there:
                    await self._bring_blobs(read)
                    if not tagged:
                        await self._put(read, digest)
            tree.add(digest)
            if is_there or not tagged:
                self._whole.add(digest)

    async def _attach(self, digests: Collection[str], depth: int) -> None:
        """Of each what is attached to it, and to that in turn."""
        _check(depth, next(iter(digests), ""))
        for digest in set(digests) - self._asked:
            self._asked.add(digest)
            attached = await self._source.referrers(self._repository, digest)
            tree: set[str] = set()
            await for_each(attached, partial(self._complete, tree=tree, depth=0))
            await self._attach(tree, depth + 1)

    async def _bring_blobs(self, manifest: Manifest) -> None:
        bring = partial(self._blobs.bring, repository=self._repository, new=self.new)
        await for_each(manifest.blobs, bring)

    async def _put(self, manifest: Manifest, reference: str) -> None:
        try:
            await self._target.put_manifest(self._repository, reference, manifest)
        except RegistryError:
            # Maybe it misses a blob that was there a while ago: the next attempt looks again.
            for one in manifest.blobs:
                self._blobs.forget(one.digest)
            raise
        self._counts.manifests += 1


def _check(depth: int, digest: str) -> None:
    if depth > _DEEPEST:
        raise TooDeepError(f"{digest} is named through more than {_DEEPEST} manifests")
