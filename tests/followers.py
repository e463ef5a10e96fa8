"""Followers of sites, and what they were handed; within a test's process, and of their own."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from console.local.processes.process import Process
from geo.following.follower import Follower
from geo.following.journal import Journal
from geo.following.receiver import NotTakenError
from geo.log.change import Change
from shared.database import Pool
from tests.waiting import eventually

END: Final = "SELECT last_id FROM geo_event_counter"


@dataclass
class Heard:
    """The receiver of one site's followers; `runs` has how many there were, cut or not."""

    most: int = 7
    refuses: str = ""
    runs: int = 0
    changes: list[Change] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [one.id for one in self.changes]

    def is_in_order(self) -> bool:
        """Every id from 1; one comes again only after a cut, and with it those that follow."""
        highest, again = 0, 0
        for before, now in zip([0, *self.ids], self.ids, strict=False):
            if now > highest + 1 or (now <= before and now > highest):
                return False
            again += now <= before
            if now > before + 1:
                return False
            highest = max(highest, now)
        return again < self.runs

    async def has_all(self, pool: Pool) -> None:
        """Wait until it has heard of what the log has now."""
        last = await pool.fetchval(END)

        async def all_of_it() -> bool:
            return set(self.ids) == set(range(1, last + 1))

        await eventually(all_of_it)

    async def take(self, changes: Sequence[Change]) -> None:
        # Others get their turn, and a cut may come, before and after it is heard.
        await asyncio.sleep(0)
        if self.refuses:
            raise NotTakenError(self.refuses)
        self.changes += changes
        await asyncio.sleep(0)


@asynccontextmanager
async def following(
    journal: Journal, heard: Heard, *, source: str | None = None
) -> AsyncIterator[Follower]:
    """Until the block ends, which cuts it wherever it is then; raises what it has failed with."""
    heard.runs += 1
    follower = Follower(journal, heard, batch=20, source=source)
    task = asyncio.ensure_future(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()


def handed_on(follower: Process) -> list[int]:
    """The ids of its lines, in their order; what its log says of itself is left out."""
    lines = follower.log.read_text().splitlines()
    # A line that a kill cut off was not handed on.
    whole = [one for one in lines if one.startswith('{"id":') and one.endswith("}")]
    return [json.loads(one)["id"] for one in whole]
