"""Blobs on their way from one registry to another."""

import asyncio
from collections import OrderedDict
from typing import Final

from geo.copying.counts import Counts
from geo.copying.turns import Turns
from geo.registry.client import Registry
from geo.registry.descriptor import Descriptor

# Of so many blobs it is known where they are: some 20 MB.
_KNOWN: Final = 100_000
# To send one again that is no longer costs as much as to ask whether it is there.
_SMALL: Final = 64 * 1024


class Blobs:
    """Brings each blob once, `at_once` at a time, and knows where at the target those went.

    Layers are shared: whoever needs one that is on its way waits for it, to have it mounted.
    """

    def __init__(self, source: Registry, target: Registry, counts: Counts, *, at_once: int) -> None:
        self._source, self._target, self._counts = source, target, counts
        self._slots = asyncio.Semaphore(at_once)
        self._turns = Turns()
        self._places: OrderedDict[str, str] = OrderedDict()

    async def bring(self, blob: Descriptor, repository: str, *, new: bool) -> None:
        """See that `repository` of the target has it; `new`: there was no such repository.

        Raises RegistryError.
        """
        async with self._turns.of(blob.digest):
            place = self._places.get(blob.digest)
            if place == repository:
                return
            if not await self._is_there(blob, repository, place, new=new):
                await self._stream(blob, repository)
            self._remember(blob.digest, repository)

    def forget(self, digest: str) -> None:
        """The target does not have it where it had it before."""
        self._places.pop(digest, None)

    async def _is_there(
        self, blob: Descriptor, repository: str, place: str | None, *, new: bool
    ) -> bool:
        """Already, or mounted now."""
        if place is not None:
            # Which is right too if it is there already.
            mounted = await self._target.mount(repository, blob.digest, from_repository=place)
            self._counts.mounted += mounted
            return mounted
        if new and blob.size <= _SMALL:
            return False
        # Of a copy that was killed, a repository that is new may have blobs already.
        return await self._target.has_blob(repository, blob.digest)

    async def _stream(self, blob: Descriptor, repository: str) -> None:
        async with self._slots:
            await self._target.copy_blob(
                blob,
                from_=self._source,
                from_repository=repository,
                to_repository=repository,
                told=self._counts.streamed,
            )
        self._counts.blobs += 1

    def _remember(self, digest: str, repository: str) -> None:
        self._places[digest] = repository
        if len(self._places) > _KNOWN:
            self._places.popitem(last=False)
