"""Asking a registry what it has, some at once and no faster than it shall be asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from geo.reconciling.pace import Pace
from geo.registry.client import Registry
from geo.registry.descriptor import Descriptor
from geo.registry.errors import NotFoundError, RegistryError

# A repository may have any number of tags; each that is asked for costs memory.
_TAGS_TOGETHER: Final = 200


class Failure(NamedTuple):
    """What could not be looked at, and why; `repository` is empty for the catalogue."""

    repository: str
    cause: str


class Look(NamedTuple):
    """The tags of one repository; `failure` if not all of it was seen, and then without tags."""

    repository: str
    tags: Mapping[str, Descriptor]
    failure: Failure | None = None


class Walk:
    """One registry."""

    def __init__(self, registry: Registry, pace: Pace) -> None:
        self._registry, self._pace = registry, pace
        # Of the catalogue: what was wrong with it.
        self.failures: list[Failure] = []
        self.is_cut = False

    async def repositories(self) -> AsyncIterator[str]:
        """Those of the catalogue, as far as it could be read: `is_cut` says whether it is whole."""
        try:
            async for name in self._registry.repositories():
                yield name
        except RegistryError as error:
            self.is_cut = True
            self.failures.append(Failure("", str(error)))

    async def look(self, repository: str) -> Look:
        """Never raises: one that fails keeps nobody from the others."""
        tags: dict[str, Descriptor] = {}
        try:
            names = iter(await self._tags(repository))
            while some := list(islice(names, _TAGS_TOGETHER)):
                found = await asyncio.gather(*(self.digest(repository, tag) for tag in some))
                tags |= {tag: one for tag, one in zip(some, found, strict=True) if one}
        except RegistryError as error:
            return Look(repository, {}, Failure(repository, str(error)))
        return Look(repository, tags)

    async def digest(self, repository: str, tag: str) -> Descriptor | None:
        """What the tag stands for now, None if for nothing. Raises RegistryError."""
        async with self._pace.turn():
            return await self._registry.digest(repository, tag)

    async def _tags(self, repository: str) -> Sequence[str]:
        async with self._pace.turn():
            try:
                names = [tag async for tag in self._registry.tags(repository)]
            except NotFoundError:
                # Of one without tags some registries say so, and others give an empty list.
                return []
        return list(dict.fromkeys(names))
