"""Which repositories one `geo sync` is for. Pure."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from geo.following.journal import Due, Repository
from geo.log.change import Change


class Wanted(NamedTuple):
    """Those of one source; any of `globs` matches their path, or there are none."""

    source: str
    globs: Sequence[str] = ()

    def has(self, repository: Repository) -> bool:
        return repository.source == self.source and (
            not self.globs or any(fnmatchcase(repository.path, one) for one in self.globs)
        )

    def pending(self, changes: Iterable[Change]) -> Sequence[Due]:
        """What these changes ask to be made equal, each once, with the last change of it.

        Of a rename both paths: each is a repository as any other.
        """
        last: dict[Repository, int] = {}
        for change in changes:
            for path in (change.repository, change.former_repository):
                if path and self.has(Repository(change.source, path)):
                    last[Repository(change.source, path)] = change.id
        return [Due(repository, change_id, 0) for repository, change_id in last.items()]
