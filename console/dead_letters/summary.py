"""Dead letters counted by cause; of each group only what is shown is kept."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from console.dead_letters.letter.cause import Cause, cause
from console.dead_letters.letter.dead_letter import DeadLetter
from console.words.moments import believed
from shared import credentials
from shared.amqp.dead_letter import Reason
from shared.origin import DEFAULT_SOURCE

RECENT: Final = timedelta(minutes=5)
# Bounds of the memory that hostile texts can take.
_GROUPS: Final = 2000
_REPOSITORIES: Final = 1000
_SOURCES: Final = 100
_SHOWN: Final = 3
OTHER: Final = Cause("other", "-", "causes beyond the first 2000")


@dataclass(slots=True)
class Group:
    """`example` is the message id of one."""

    cause: Cause
    example: str = ""
    count: int = 0
    recent: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    repositories: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)

    @property
    def has_sources(self) -> bool:
        """Whether any is of another source than the default."""
        return bool(self.sources.keys() - {DEFAULT_SOURCE})

    @property
    def source(self) -> str:
        """The sources, the first ones by their counts, not safe to print."""
        names = [credentials.masked(name) for name, _ in self.sources.most_common(_SHOWN)]
        more = len(self.sources) - len(names)
        return ", ".join(names) + (f" and {more} more" if more else "")

    @property
    def top_repository(self) -> tuple[str, int] | None:
        for name, count in self.repositories.most_common(1):
            return credentials.masked(name), count
        return None

    def add(self, dead_letter: DeadLetter, died: datetime | None, since: datetime) -> None:
        self.count += 1
        self.example = self.example or dead_letter.message_id
        name = dead_letter.repository
        if name and (name in self.repositories or len(self.repositories) < _REPOSITORIES):
            self.repositories[name] += 1
        source = dead_letter.registry_source
        if source in self.sources or len(self.sources) < _SOURCES:
            self.sources[source] += 1
        if died is None:
            return
        self.recent += died >= since
        if self.oldest is None or died < self.oldest:
            self.oldest = died
        if self.newest is None or died > self.newest:
            self.newest = died


class Summary:
    """`reasons` has how many are there of each, whatever their causes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._since = now - RECENT
        self._groups: dict[str, Group] = {}
        self.total = Group(Cause("", "", ""))
        self.reasons: Counter[Reason] = Counter()

    def add(self, dead_letter: DeadLetter) -> None:
        self.reasons[dead_letter.story.reason] += 1
        found = cause(dead_letter)
        if found.group not in self._groups and len(self._groups) >= _GROUPS:
            found = OTHER
        group = self._groups.setdefault(found.group, Group(found))
        # One absurd clock would be the oldest of all.
        failed_at = dead_letter.failed_at
        died = failed_at if believed(failed_at, now=self.now) else None
        group.add(dead_letter, died, self._since)
        self.total.add(dead_letter, died, self._since)

    @property
    def groups(self) -> list[Group]:
        """The largest first."""
        return sorted(self._groups.values(), key=lambda group: -group.count)

    def document(self) -> dict[str, Any]:
        """The whole for a program; ages are left to it, times are ISO 8601."""
        return {
            "as_of": self.now.isoformat(),
            **_figures(self.total),
            "groups": [{**group.cause._asdict(), **_figures(group)} for group in self.groups],
        }


def _figures(group: Group) -> dict[str, Any]:
    top = group.top_repository
    return {
        "count": group.count,
        "recent_5m": group.recent,
        "oldest": group.oldest.isoformat() if group.oldest else None,
        "newest": group.newest.isoformat() if group.newest else None,
        "top_repository": {"name": top[0], "count": top[1]} if top else None,
        "sources": {credentials.masked(name): count for name, count in group.sources.items()},
    }
