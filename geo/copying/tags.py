"""Tags of one repository, each brought to what it stands for at the source."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from geo.copying.counts import Counts
from geo.copying.images import Images
from geo.copying.turns import for_each
from geo.registry.client import Registry
from geo.registry.errors import NotFoundError, RegistryError
from geo.registry.manifest import Manifest

# A tag may move while its image is copied; one that moves on and on is left for later.
_ROUNDS: Final = 5


class MovingError(RegistryError):
    """A tag stood for something else each time that it had been copied."""


class Tags:
    """`unresolved` led nowhere at the source; of `failed` each is a tag and what became of it."""

    def __init__(
        self, source: Registry, target: Registry, images: Images, counts: Counts, repository: str
    ) -> None:
        self._source, self._target, self._repository = source, target, repository
        self._images, self._counts = images, counts
        self.unresolved: list[str] = []
        self.failed: list[tuple[str, RegistryError]] = []

    async def put(self, tags: Sequence[str]) -> None:
        """Those that the target has not. Raises RegistryError if no other tag could be copied."""
        await for_each(tags, partial(self._one, is_there=False))

    async def compare(self, tags: Sequence[str]) -> None:
        """Those that the target has too. Raises as `put`."""
        await for_each(tags, partial(self._one, is_there=True))

    async def _one(self, tag: str, *, is_there: bool) -> None:
        try:
            if not (is_there and await self._is_equal(tag)):
                await self._copy(tag)
        except RegistryError as error:
            # It would be the same with every other tag.
            if error.temporary:
                raise
            self.failed.append((tag, error))

    async def _is_equal(self, tag: str) -> bool:
        ours, theirs = await asyncio.gather(
            self._source.digest(self._repository, tag), self._target.digest(self._repository, tag)
        )
        if ours is None or theirs is None or ours.digest != theirs.digest:
            return False
        await self._images.attach(ours)
        return True

    async def _copy(self, tag: str) -> None:
        """Until the source says afterwards what was copied: pushes of one tag race with us."""
        for _ in range(_ROUNDS):
            manifest = await self._read(tag)
            if manifest is None:
                return
            await self._images.put(manifest, tag)
            now = await self._source.digest(self._repository, tag)
            # One that has gone meanwhile becomes pending again by its own event.
            if now is None or now.digest == manifest.digest:
                self._counts.tags += 1
                return
        raise MovingError("it stood for something else each time that it had been copied")

    async def _read(self, tag: str) -> Manifest | None:
        try:
            return await self._source.manifest(self._repository, tag)
        except NotFoundError:
            self.unresolved.append(tag)
            return None
