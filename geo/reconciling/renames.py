"""Under which names what belongs to a repository was recorded, given all renames. Pure.

What happened at the moment of a rename happened before it, as workers have it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple


class Rename(NamedTuple):
    """It moved a repository, and all below it."""

    from_path: str
    to_path: str
    occurred_at: datetime
    event_id: str

    @property
    def key(self) -> tuple[datetime, str]:
        return self.occurred_at, self.event_id


class Spell(NamedTuple):
    """From when (not included) until when `name` was that of the repository at `path` now."""

    path: str
    name: str
    since: datetime | None = None
    until: datetime | None = None


class Renames:
    """All of one source."""

    def __init__(self, renames: Sequence[Rename]) -> None:
        self._away: dict[str, list[Rename]] = defaultdict(list)
        self._to: dict[str, list[Rename]] = defaultdict(list)
        for rename in sorted(renames, key=lambda one: one.key):
            self._away[rename.from_path].append(rename)
            self._to[rename.to_path].append(rename)

    def now(self, name: str, moment: datetime) -> str:
        """Where what was at `name` at that moment is now."""
        key = (moment, "")
        while later := [one for one in self._away_from(name) if one.key > key]:
            name, key = later[0].to_path + name[len(later[0].from_path) :], later[0].key
        return name

    def spells(self, path: str) -> Iterator[Spell]:
        """All names that the repository at `path` has had, each as long as it had it."""
        for name in self._names(path):
            since = None
            for rename in self._away_from(name):
                until = rename.occurred_at
                if since != until and self.now(name, until) == path:
                    yield Spell(path, name, since, until)
                since = until
            if name == path:
                yield Spell(path, name, since)

    def _names(self, path: str) -> Sequence[str]:
        """What `path` may have been called; each step is to an earlier rename, so it ends."""
        steps: list[tuple[str, Rename | None]] = [(path, None)]
        for name, before in steps:
            for place in _places(name):
                for rename in self._to.get(place, ()):
                    step = (rename.from_path + name[len(place) :], rename)
                    if (before is None or rename.key < before.key) and step not in steps:
                        steps.append(step)
        return list(dict.fromkeys(name for name, _ in steps))

    def _away_from(self, name: str) -> Sequence[Rename]:
        """Those of the path, and of all paths that it is below."""
        found = [one for place in _places(name) for one in self._away.get(place, ())]
        return sorted(found, key=lambda one: one.key)


def _places(path: str) -> Sequence[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
