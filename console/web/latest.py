"""What is kept for a session between two of its requests: the last few, under names of chance."""

import secrets
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")

_MOST: Final = 100
_OF_A_SESSION: Final = 10


class Kept(NamedTuple, Generic[T]):
    session: str
    value: T


class Latest(Generic[T]):
    """The last of each session, and of all; the oldest make room."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept[T]] = {}

    def keep(self, value: T, session: str) -> str:
        """The identifier under which `find` has it."""
        identifier = secrets.token_urlsafe(9)
        self._kept[identifier] = Kept(session, value)
        theirs = [one for one, kept in self._kept.items() if kept.session == session]
        for one in {*theirs[:-_OF_A_SESSION], *list(self._kept)[:-_MOST]}:
            del self._kept[one]
        return identifier

    def find(self, identifier: str) -> Kept[T] | None:
        return self._kept.get(identifier)

    def drop(self, identifier: str) -> None:
        self._kept.pop(identifier, None)

    def drop_oldest(self) -> None:
        del self._kept[next(iter(self._kept))]

    def values(self) -> list[T]:
        """The oldest first."""
        return [kept.value for kept in self._kept.values()]
