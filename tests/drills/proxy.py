"""A TCP proxy that does to a connection what networks do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from console.local.network.ports import LOOPBACK
from tests.drills.chance import CHANCE

_CHUNK = 65536


@dataclass(eq=False)
class _Link:
    """One connection; `lost` when bytes of it were swallowed: it stays silent for ever."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None
    lost: bool = False

    def cut(self) -> None:
        for writer in (self.near, self.far):
            if writer:
                writer.transport.abort()


@dataclass
class Proxy:
    """Forwards to `target`, late by `delay` seconds; `port` is its own.

    `torn`, `swallowed` and `withheld` count the connections that it did each to.
    """

    target: int
    port: int = 0
    delay: float = 0.0
    keeps_answer: Callable[[], bool] = lambda: True
    torn: int = 0
    swallowed: int = 0
    withheld: int = 0
    _is_hole: bool = False
    _cut_after: int | None = None
    _links: set[_Link] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._accept, LOOPBACK, self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        """End every connection now."""
        for link in set(self._links):
            link.cut()

    def cut_in_the_middle(self) -> None:
        """End every connection in the middle of what it carries next."""
        self._cut_after = CHANCE.randrange(1, 200)

    def swallow(self) -> None:
        """From now on nothing arrives, and nobody is told."""
        self._is_hole = True

    def heal(self) -> None:
        """New connections work; those that lost bytes stay silent, as behind a router's restart."""
        self._is_hole = False
        self._cut_after = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(writer)
        self._links.add(link)
        try:
            far_reader, link.far = await asyncio.open_connection(LOOPBACK, self.target)
            await asyncio.gather(
                self._pump(link, reader, link.far, is_answer=False),
                self._pump(link, far_reader, writer, is_answer=True),
            )
        except OSError:
            pass
        finally:
            link.cut()
            self._links.discard(link)

    async def _pump(
        self,
        link: _Link,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        is_answer: bool,
    ) -> None:
        while data := await reader.read(_CHUNK):
            if self.delay:
                await asyncio.sleep(self.delay)
            if self._is_lost(link):
                continue
            if is_answer and not self.keeps_answer():
                self.withheld += 1
                break
            if self._cut_after is not None:
                self.torn += 1
                writer.write(data[: min(self._cut_after, len(data) - 1)])
                await writer.drain()
                break
            writer.write(data)
            await writer.drain()
        if not link.lost:
            link.cut()

    def _is_lost(self, link: _Link) -> bool:
        """Whether what it carries now vanishes."""
        if self._is_hole and not link.lost:
            link.lost = True
            self.swallowed += 1
        return link.lost
