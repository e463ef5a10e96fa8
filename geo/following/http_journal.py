"""The journal of a site that does not reach the log's database, by the log's service."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from aiohttp import hdrs
from msgspec import Struct
from yarl import URL

from geo.documents import (
    LONGEST_SENTENCE,
    LONGEST_WAIT,
    MOST,
    PREFIX,
    Claim,
    Claimed,
    Cursor,
    DueCount,
    Events,
    Failure,
    Lead,
    Leads,
    Move,
    Pending,
    Renewal,
    Restart,
    Stuck,
)
from geo.following.journal import Due, JournalError
from geo.following.log_service import LogService, opened
from geo.log.change import Change
from geo.registry import trust
from shared import repository_path

_CURSOR: Final = f"{PREFIX}/cursor"
_PENDING: Final = f"{PREFIX}/pending"
_Document = TypeVar("_Document")


@asynccontextmanager
async def opened_journal(
    url: URL, token: str, *, ca_file: Path | None = None, source: str | None = None
) -> AsyncIterator["HttpJournal"]:
    """With connections of its own. Raises TrustError."""
    async with opened(url, token, trust.context(ca_file)) as service:
        yield HttpJournal(service, source=source)


class HttpJournal:
    """A `Journal` of the site whose token the service is shown.

    `source` is whose repositories it wants, None: those of all.
    """

    def __init__(self, service: LogService, *, source: str | None = None) -> None:
        self._service, self._source = service, source

    async def cursor(self) -> int:
        return (await self._service.ask(hdrs.METH_GET, _CURSOR, Cursor)).cursor

    async def changes(self, after: int, *, limit: int, wait: float) -> Sequence[Change]:
        """As a journal's; the service lets nobody wait longer than LONGEST_WAIT.

        Raises JournalError too unless ids go on from `after` without a gap.
        """
        wait = min(wait, LONGEST_WAIT)
        query = {"after": str(after), "limit": str(min(limit, MOST)), "wait": f"{wait:g}"}
        path = f"{PREFIX}/events"
        answer = await self._service.ask(hdrs.METH_GET, path, Events, query=query, wait=wait)
        for expected, change in enumerate(answer.events, after + 1):
            if change.id != expected:
                raise JournalError(f"the log has {change.id} where {expected} comes next")
            # One of which nobody knows the repository any more has none.
            if change.repository and not repository_path.is_path(change.repository):
                raise JournalError(f"change {expected} is of what no registry can have")
        return answer.events

    async def advance(self, cursor: int, to: int, pending: Collection[Due] = ()) -> None:
        """As a journal's, of no more repositories than one answer of `changes` can name."""
        move = Move(cursor, to, [Pending.of(due) for due in pending])
        await self._service.ask(hdrs.METH_PUT, _CURSOR, Cursor, body=move)

    async def lead(self, follower: str, lease: timedelta) -> bool:
        asked = Lead(follower, lease.total_seconds())
        path = f"{PREFIX}/lead"
        return (await self._service.ask(hdrs.METH_POST, path, Leads, body=asked)).leads

    async def stuck(self, why: str) -> None:
        path = f"{PREFIX}/stuck"
        said = Stuck(why[:LONGEST_SENTENCE])
        await self._service.ask(hdrs.METH_POST, path, type(None), body=said)

    async def everything(self, cursor: int) -> int:
        """As a journal's; one whose answer was lost is overtaken, by itself."""
        path, restart = f"{PREFIX}/everything", Restart(cursor, self._source)
        # A whole catalogue takes its time.
        wait = LONGEST_WAIT
        moved = await self._service.ask(hdrs.METH_POST, path, Cursor, body=restart, wait=wait)
        return moved.cursor

    async def due(self) -> int:
        return (await self._service.ask(hdrs.METH_GET, _PENDING, DueCount)).due

    async def claim(self, limit: int, lease: timedelta) -> Sequence[Due]:
        """As a journal's; what it got while its answer was lost is due again after the lease."""
        claim = Claim(min(limit, MOST), lease.total_seconds())
        held = await self._ask_pending("claim", Claimed, claim)
        if len(held.pending) > limit:
            raise JournalError(f"the log gives {len(held.pending)} of at most {limit} repositories")
        return [one.due() for one in held.pending]

    async def renew(self, held: Collection[Due], lease: timedelta) -> None:
        pending = [Pending.of(due) for due in held]
        for first in range(0, len(pending), MOST):
            renewal = Renewal(pending[first : first + MOST], lease.total_seconds())
            await self._ask_pending("renew", type(None), renewal)

    async def equal(self, due: Due) -> None:
        await self._ask_pending("equal", type(None), Pending.of(due))

    async def failed(self, due: Due, cause: str, again: timedelta) -> None:
        failure = Failure(Pending.of(due), cause[:LONGEST_SENTENCE], again.total_seconds())
        await self._ask_pending("failed", type(None), failure)

    async def _ask_pending(self, what: str, kind: type[_Document], body: Struct) -> _Document:
        return await self._service.ask(hdrs.METH_POST, f"{_PENDING}/{what}", kind, body=body)
