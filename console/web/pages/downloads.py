"""The lists of the pages as files, masked as the pages are."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from console.dead_letters.letter import masking
from console.dead_letters.letter.cause import document
from console.dead_letters.letter.dead_letter import DeadLetter
from console.events.recorded import Recorded
from console.events.search import search
from console.web.looking import look
from console.web.query import selection, wanted
from console.web.state import CONSOLE
from console.web.values import files
from console.words.rows import Row

# The pages say so where there is more.
MOST: Final = 10_000
_NOTHING: Final = "There is nothing to download: nothing matches."
DEAD_LETTERS: Final = tuple(f"/dead-letters/list.{kind}" for kind in files.KINDS)
EVENTS: Final = tuple(f"/events.{kind}" for kind in files.KINDS)


async def dead_letters(request: web.Request) -> web.StreamResponse:
    """The youngest that are selected, the oldest of them first. Raises UnusableError."""
    chosen = selection.read(request.query)
    found, _ = await request.app[CONSOLE].scans.youngest(chosen, MOST)
    _check(found)
    return await files.send(request, "dead-letters", map(row, found))


async def events(request: web.Request) -> web.StreamResponse:
    """The newest that match, the newest first. Raises DatabaseAwayError and UnusableError."""
    chosen = wanted.wanted(request.query)
    found = await look(request, lambda connection: search(connection, chosen, None, MOST))
    _check(found.events)
    return await files.send(request, "events", map(_event, found.events))


def _check(found: Sequence[object]) -> None:
    if not found:
        raise web.HTTPNotFound(text=_NOTHING)


def row(one: DeadLetter) -> Row:
    """The fields of `dead-letters list -o jsonl`."""
    return document(one, masking.masked(one))


def _event(one: Recorded) -> Row:
    return {**one.document(), "lag_seconds": one.lag}
