"""What can be seen of an attack: a drill that sees none tries nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from console.local.processes.process import Process
from tests.processes import Service

# Of the connections that are to be held; the rest is just being opened again.
SHARE = 0.9


class Effect(Protocol):
    def is_seen(self) -> bool:
        """Whether the attack has done something since the last look."""


@dataclass
class Held:
    """So many connections at once."""

    ingest: Service
    connections: int

    def is_seen(self) -> bool:
        return open_files(self.ingest) >= SHARE * self.connections


@dataclass
class Refused:
    """Notifications that were answered `status`."""

    ingest: Service
    status: str
    _before: float = 0.0

    def is_seen(self) -> bool:
        name, before = "registry_events_ingest_requests_total", self._before
        try:
            self._before = self.ingest.metric(name, status=self.status)
        except OSError:
            # Nor is it, perhaps, when ingest answers nobody.
            return False
        return self._before > before


@dataclass
class Answered:
    """What never becomes a notification: only the attacker can tell that it was refused."""

    attacker: Process
    _before: int = 0

    def is_seen(self) -> bool:
        before = self._before
        self._before = self.attacker.log.read_text().count(" 400 ")
        return self._before > before


@dataclass
class Effects:
    """Those of several attacks, each of which must be seen, at whatever time."""

    each: Sequence[Effect]
    _unseen: Sequence[Effect] = field(init=False)

    def __post_init__(self) -> None:
        self._unseen = self.each

    async def look_anew(self) -> None:
        """Forget what was seen until now."""
        await self._look(self.each)
        self._unseen = self.each

    async def are_all_seen(self) -> bool:
        self._unseen = await self._look(self._unseen)
        return not self._unseen

    async def _look(self, effects: Sequence[Effect]) -> Sequence[Effect]:
        """Those that are not seen; in a thread, as an honest client is timed beside it."""
        return [one for one in effects if not await asyncio.to_thread(one.is_seen)]


def effect(attacker: Process, ingest: Service, connections: int, *, strict: bool) -> Effect:
    match attacker.name:
        case "headers" | "smuggled":
            return Answered(attacker)
        case "chunked":
            return Refused(ingest, "408")
        case "pipelined" | "wrong_token":
            return Refused(ingest, "401")
        # Longer than a short form lasts.
        case "slow_body" | "oversized" if strict:
            return Refused(ingest, "408")
        case _:
            return Held(ingest, connections)


def open_files(ingest: Service) -> int:
    """Nearly all of them connections."""
    return len(list(Path(f"/proc/{ingest.process.pid}/fd").iterdir()))
