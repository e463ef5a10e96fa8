"""A first look at a registry and at what is recorded of it: where they differ."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from geo.reconciling import records
from geo.reconciling.agreement import changes
from geo.reconciling.drift import Drift, compare
from geo.reconciling.renames import Renames
from geo.reconciling.walk import Failure, Walk
from shared.database import Pool

# Repositories that are asked for, and then read from the database, together.
TOGETHER: Final = 200
_EMPTY: Final = "is empty, while repositories are recorded"


@dataclass(slots=True)
class Seen:
    """What was found; with a catalogue that was cut, or empty, nothing is gone."""

    repositories: int = 0
    tags: int = 0
    drifts: list[Drift] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class FirstLook:
    """At one source; `wanted` says at which repositories. Only if it `keeps` it writes anything."""

    def __init__(
        self, walk: Walk, pool: Pool, source: str, wanted: Callable[[str], bool], *, keeps: bool
    ) -> None:
        self._walk, self._pool, self._source = walk, pool, source
        self._wanted, self._keeps = wanted, keeps

    async def look(self) -> Seen:
        """At every repository of the registry, and at those that only the records have.

        Raises what asyncpg raises.
        """
        seen = Seen(failures=self._walk.failures)
        moved = await records.renames(self._pool, self._source)
        listed: set[str] = set()
        async for some in self._listed():
            listed.update(some)
            await self._compare([one for one in some if self._wanted(one)], moved, seen)
        recorded = await records.paths(self._pool, self._source)
        if recorded and not listed and not self._walk.is_cut:
            seen.failures.append(Failure("", _EMPTY))
        if self._walk.is_cut or not listed:
            # What an answer leaves out may be there all the same.
            seen.drifts = [one for one in seen.drifts if one.found]
            return seen
        unlisted = [one for one in recorded if one not in listed and self._wanted(one)]
        for at in range(0, len(unlisted), TOGETHER):
            await self._compare_unlisted(unlisted[at : at + TOGETHER], moved, seen)
        return seen

    async def _listed(self) -> AsyncIterator[Sequence[str]]:
        """The catalogue, some at a time."""
        some: list[str] = []
        async for repository in self._walk.repositories():
            some.append(repository)
            if len(some) == TOGETHER:
                yield some
                some = []
        if some:
            yield some

    async def _compare_unlisted(self, paths: Sequence[str], moved: Renames, seen: Seen) -> None:
        """A catalogue may lag, or leave some out: of what is recorded each is asked by its name."""
        known = await records.read(self._pool, self._source, paths, moved)
        there = [path for path in paths if any(one.is_there for one in known[path].tags.values())]
        await self._compare(there, moved, seen)

    async def _compare(self, paths: Sequence[str], moved: Renames, seen: Seen) -> None:
        looks = await asyncio.gather(*map(self._walk.look, paths))
        seen.failures += [look.failure for look in looks if look.failure]
        whole = [look for look in looks if not look.failure]
        seen.repositories += len(whole)
        seen.tags += sum(len(look.tags) for look in whole)
        known = await records.read(
            self._pool, self._source, [look.repository for look in whole], moved
        )
        agreed = []
        for path, tags, _ in whole:
            seen.drifts += compare(path, tags, known[path].tags)
            agreed.append(changes(path, tags, known[path].tags, known[path].kept))
        if self._keeps:
            await records.keep(self._pool, self._source, agreed)
