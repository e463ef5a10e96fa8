"""Which recorded events are wanted, as conditions of a statement. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.events.cursor import Cursor
from console.words.globs import like
from shared.text import storable

ACTIONS: Final = (
    "push_tag", "delete_tag", "push_repository", "delete_repository", "create_repository",
)  # fmt: skip

# As the index of repositories has it, which finds a day of one and not a moment.
DAY: Final = "(occurred_at AT TIME ZONE 'UTC')::date"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`repository` is a glob of `*` and `?`, all else is exact; what is empty matches all.

    `since` belongs to it and `until` does not.
    """

    repository: str = ""
    tag: str = ""
    digest: str = ""
    actor: str = ""
    action: str = ""
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.chooses or self.since is not None or self.until is not None

    @property
    def chooses(self) -> bool:
        """Whether some events of a time are wanted and others are not."""
        texts = (self.repository, self.tag, self.digest, self.actor, self.action, self.source)
        return any(texts)

    @property
    def names_one(self) -> bool:
        return bool(self.repository) and not any(sign in self.repository for sign in "*?")

    @property
    def is_repository(self) -> bool:
        """Whether nothing but one repository, and a time, is wanted."""
        return self.names_one and self._is_place

    @property
    def is_glob(self) -> bool:
        """Whether nothing but some repositories, and a time, are wanted."""
        return bool(self.repository) and not self.names_one and self._is_place

    @property
    def _is_place(self) -> bool:
        return not any((self.tag, self.digest, self.actor, self.action, self.source))


class Conditions:
    """What stands behind WHERE, and the values of its parameters, which begin with `$first`."""

    def __init__(self, first: int = 1) -> None:
        self.values: list[object] = []
        self._texts: list[str] = []
        self._first = first

    def add(self, text: str, *values: object) -> None:
        """`text` has `{}` for each value."""
        begin = self._first + len(self.values)
        numbers = [f"${number}" for number in range(begin, begin + len(values))]
        self._texts.append(text.format(*numbers))
        self.values += values

    @property
    def next(self) -> str:
        return f"${self._first + len(self.values)}"

    def __str__(self) -> str:
        return " AND ".join(self._texts) or "true"


def in_time(conditions: Conditions, wanted: Wanted, after: Cursor | None) -> None:
    """The time, which alone says what partitions have; `after` is where the last page ended."""
    if wanted.since:
        conditions.add("occurred_at >= {}", wanted.since)
    if wanted.until:
        conditions.add("occurred_at < {}", wanted.until)
    if after:
        conditions.add("occurred_at <= {}", after.occurred_at)
        conditions.add("(occurred_at, event_id, registry_source) < ({}, {}, {})", *after)


def in_days(conditions: Conditions, wanted: Wanted, after: Cursor | None) -> None:
    """What `in_time` says, as far as days can."""
    if wanted.since:
        conditions.add(f"{DAY} >= {{}}", wanted.since.astimezone(UTC).date())
    ends = [then for then in (wanted.until, after and after.occurred_at) if then]
    if ends:
        conditions.add(f"{DAY} <= {{}}", min(ends).astimezone(UTC).date())


def in_kind(conditions: Conditions, wanted: Wanted) -> None:
    """All but the time and the repository."""
    exact = (
        ("tag", wanted.tag),
        ("digest", wanted.digest),
        ("actor", wanted.actor),
        ("action", wanted.action),
        ("registry_source", wanted.source),
    )
    for column, text in exact:
        if text:
            conditions.add(f"{column} = {{}}", storable(text))


def in_place(conditions: Conditions, wanted: Wanted) -> None:
    """The repository."""
    if wanted.names_one:
        conditions.add("repository = {}", storable(wanted.repository))
    elif wanted.repository:
        conditions.add("repository LIKE {}", like(wanted.repository))
