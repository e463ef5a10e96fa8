"""What a site asks of the log's side, be that the primary's database or its HTTP service."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple, Protocol

from geo.log.change import Change


class Repository(NamedTuple):
    """A repository of one of the sources."""

    source: str
    path: str


class Due(NamedTuple):
    """A repository that waits to be made equal; `change_id` is the last change of it known then."""

    repository: Repository
    change_id: int
    attempts: int


class JournalError(Exception):
    """The log's side is away or refuses; says so in one sentence."""


class OvertakenError(JournalError):
    """Another follower of this site has moved its cursor: read it again and go on from there."""


class FinalError(JournalError):
    """No further try helps, somebody has to decide."""


class ForgottenError(FinalError):
    """Changes after the cursor were dropped by retention: the site has to look at everything."""


class RemovedError(FinalError):
    """Somebody has removed the site."""


class BrokenLogError(FinalError):
    """The log misses what retention has not dropped: there is no proof of anything."""


class Journal(Protocol):
    """One site's; each method raises JournalError while the log's side is away.

    Many processes may follow for one site: a cursor moves only from where its mover has read it.
    """

    async def cursor(self) -> int:
        """The id up to which the site has all; a site that is new is written down, with 0.

        Raises RemovedError if it was there before.
        """
        ...

    async def changes(self, after: int, *, limit: int, wait: float) -> Sequence[Change]:
        """The next ones in their order, at most `limit`; none if none came within `wait` seconds.

        Raises ForgottenError, BrokenLogError, RemovedError.
        """
        ...

    async def advance(self, cursor: int, to: int, pending: Collection[Due] = ()) -> None:
        """Move the cursor, and in the same step remember what has to be made equal.

        Raises OvertakenError, RemovedError.
        """
        ...

    async def lead(self, follower: str, lease: timedelta) -> bool:
        """Whether this one of the site's followers, by a name of its own, hands on from now on.

        It does unless another one's lease holds; a lease of zero gives its own up. Raises
        RemovedError.
        """
        ...

    async def stuck(self, why: str) -> None:
        """Say to whoever looks at the sites what keeps this one, in one sentence."""
        ...

    async def everything(self, cursor: int) -> int:
        """All repositories of the catalogue are pending, and the cursor stands at the log's end.

        Gives the new cursor. Raises OvertakenError, RemovedError.
        """
        ...

    async def due(self) -> int:
        """How many repositories' time has come, those that somebody holds among them."""
        ...

    async def claim(self, limit: int, lease: timedelta) -> Sequence[Due]:
        """Pending repositories whose time has come; nobody else gets them while the lease holds."""
        ...

    async def renew(self, held: Collection[Due], lease: timedelta) -> None:
        """Hold them for longer."""
        ...

    async def equal(self, due: Due) -> None:
        """It is done; pending again at once if a later change of it has come meanwhile."""
        ...

    async def failed(self, due: Due, cause: str, again: timedelta) -> None:
        """It is tried again after so long; `cause` is one sentence, without credentials."""
        ...
