"""The private servers of the drills with a broker of three nodes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from console.local.report import LocalError
from console.local.servers.broker_cluster import BrokerCluster, Node
from console.local.servers.management import Management
from console.local.servers.postgres import Postgres
from tests.broker_shell import evaluate
from tests.databases import TEMPLATE, create_database, drop_database, make_template
from tests.drills.servers import Servers
from tests.private_servers import place_of
from tests.waiting import eventually

NODES: Final = 3
_JOINED_SECONDS = 120
# Who has another cookie is refused: as a network does that no longer leads from one to the other.
_CUT_OFF = """
[begin erlang:set_cookie(N, cut_off), erlang:disconnect_node(N) end || N <- nodes()], ok.
"""
_LET_IN = "[erlang:set_cookie(N, erlang:get_cookie()) || N <- [{}]], ok."


@dataclass(frozen=True)
class ClusterServers(Servers):
    """What a drill has broken is whole when the next one begins: nodes take long to start."""

    cluster: BrokerCluster

    @classmethod
    @contextmanager
    def started(cls, *, fast: bool = False) -> Iterator[Self]:
        with (
            place_of(fast=fast) as directory,
            Postgres(directory / "postgres", fast=fast) as postgres,
            BrokerCluster(directory / "rabbitmq", NODES, fast=fast) as cluster,
        ):
            asyncio.run(make_template(postgres))
            yield cls(postgres, cluster.nodes[0], directory, cluster)

    @asynccontextmanager
    async def urls(self, name: str) -> AsyncIterator[tuple[str, str]]:
        await self.whole()
        await eventually(partial(asyncio.to_thread, self._has_new_vhost, name), _JOINED_SECONDS)
        await create_database(self.postgres, name, template=TEMPLATE)
        try:
            yield self.cluster.url(name), self.postgres.url(name)
        finally:
            await asyncio.to_thread(self.management.delete_vhost, name)
            await drop_database(self.postgres, name)

    @property
    def management(self) -> Management:
        """Of any node that answers."""
        return self.management_beside(None)

    def management_beside(self, left: Node | None) -> Management:
        """Of any other node that answers. Raises LocalError."""
        for node in self.cluster.nodes:
            if node is not left and _runs(node) and _said(node, "/api/overview"):
                return node.management
        raise LocalError("no node of the broker answers")

    async def heal(self) -> None:
        for node in self.cluster.nodes:
            node.resume()

    async def whole(self) -> None:
        """Start nodes that were killed, and wait until all see each other."""
        dead = [node for node in self.cluster.nodes if not _runs(node)]
        await asyncio.gather(*(asyncio.to_thread(node.start) for node in dead))
        await eventually(partial(asyncio.to_thread, self._are_together), _JOINED_SECONDS)

    async def joined(self, node: Node) -> None:
        """One that was silent until the others gave it up is with them again.

        It sees them as soon as it sees that it had lost them, and so does not pause, and Mnesia
        keeps the two sides apart: https://www.rabbitmq.com/docs/partitions#suspend.
        """
        await eventually(partial(asyncio.to_thread, self._is_settled, node), _JOINED_SECONDS)
        if await asyncio.to_thread(_is_apart, node):
            await asyncio.to_thread(node.stop)
        await self.whole()

    def in_hand(self, queue_path: str) -> int:
        """1 while it is not known.

        What had been given to a consumer by way of a node that is gone is its own for another
        minute (RabbitMQ 4.3), lest it comes back.
        """
        try:
            found = self.management.call("GET", queue_path)
        except (LocalError, OSError):
            return 1
        return int(found.get("messages_unacknowledged", 1))

    def node(self, name: str) -> Node:
        return self.cluster.nodes[self.cluster.names.index(name)]

    @asynccontextmanager
    async def cut_off(self, node: Node) -> AsyncIterator[None]:
        """The other nodes and this one do not reach each other for as long as the block runs."""
        others = ", ".join(f"'{name}'" for name in self.cluster.names if name != node.name)
        await asyncio.to_thread(evaluate, node, _CUT_OFF)
        try:
            yield
        finally:
            await asyncio.to_thread(evaluate, node, _LET_IN.format(others))

    def _has_new_vhost(self, name: str) -> bool:
        """A node that has just come back may keep the others waiting longer than for an answer."""
        try:
            self.management.create_vhost(name)
        except (LocalError, OSError):
            return False
        return True

    def _is_settled(self, node: Node) -> bool:
        return _is_apart(node) or self._are_together()

    def _are_together(self) -> bool:
        """Each is asked: after a partition one may see what others do not."""
        seen = (_said(node, "/api/nodes") or () for node in self.cluster.nodes)
        return all(sum(bool(one["running"]) for one in nodes) == NODES for nodes in seen)


def _runs(node: Node) -> bool:
    return all(process.running for process in node.processes)


def _is_apart(node: Node) -> bool:
    """It holds against another that both were there without each other."""
    return any(one.get("partitions") for one in _said(node, "/api/nodes") or ())


def _said(node: Node, path: str) -> Any:
    """By its management API; None if it does not answer."""
    try:
        return node.management.call("GET", path)
    except (LocalError, OSError):
        return None
