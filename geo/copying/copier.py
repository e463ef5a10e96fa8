"""One repository made equal to that of the source, by what both are like now."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from geo.copying import deletions
from geo.copying.blobs import Blobs
from geo.copying.counts import Counts
from geo.copying.images import Images
from geo.copying.plan import Plan, in_phases, plan
from geo.copying.surplus import Surplus
from geo.copying.tags import Tags
from geo.registry.client import Registry
from geo.registry.errors import NotFoundError, RegistryError


class UnequalError(RegistryError):
    """All that could be done was done, and it is not equal; says what is missing."""


class Copier:
    """From `source` to `target`, any number of repositories at once."""

    def __init__(
        self, source: Registry, target: Registry, rule: deletions.Rule, *, blobs_at_once: int
    ) -> None:
        self.counts = Counts()
        self._source, self._target, self._rule = source, target, rule
        self._blobs = Blobs(source, target, self.counts, at_once=blobs_at_once)

    async def make_equal(self, repository: str) -> None:
        """Each tag of the source stands for the same digest at the target when this returns.

        With `rule.wanted` the target has no other tags then. One tag that cannot be copied keeps
        no other from being copied, but nothing is deleted then. Raises RegistryError.
        """
        ours, theirs = await asyncio.gather(
            _names(self._source, repository), _names(self._target, repository)
        )
        images = Images(self._source, self._target, self._blobs, self.counts, repository)
        images.new = theirs is None
        tags = Tags(self._source, self._target, images, self.counts, repository)
        planned = plan(ours or (), theirs or ())
        for put, compare in zip(in_phases(planned.put), in_phases(planned.compare), strict=True):
            await tags.put(put)
            await tags.compare(compare)
        if tags.failed:
            raise UnequalError(_sentence(tags.failed))
        if self._rule.wanted and planned.surplus:
            await self._delete(repository, planned, tags.unresolved)
        if tags.unresolved:
            raise UnequalError(f"{_several(tags.unresolved)} at the source leads nowhere")

    async def _delete(self, repository: str, planned: Plan, unresolved: Sequence[str]) -> None:
        stays = [*planned.put, *planned.compare]
        seen = deletions.Seen(
            len(stays),
            len(planned.compare) + len(planned.surplus),
            len(planned.surplus),
            unresolved,
        )
        why = deletions.refusal(self._rule, seen)
        if why:
            raise UnequalError(why)
        surplus = Surplus(self._target, repository, stays)
        for tag in planned.surplus:
            # It may have been pushed since the source was asked for its tags.
            if await self._source.digest(repository, tag) is None:
                # Somebody else may have deleted it.
                with suppress(NotFoundError):
                    await surplus.delete(tag)
                    self.counts.deleted += 1


async def _names(registry: Registry, repository: str) -> Sequence[str] | None:
    """All tags, each once; None if the registry does not know the repository."""
    try:
        return list(dict.fromkeys([tag async for tag in registry.tags(repository)]))
    except NotFoundError:
        return None


def _sentence(failed: Sequence[tuple[str, RegistryError]]) -> str:
    tag, error = failed[0]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{tag}{more}: {error}"


def _several(tags: Sequence[str]) -> str:
    return f"{tags[0]} (and {len(tags) - 1} more)" if len(tags) > 1 else tags[0]
