"""Several private RabbitMQ nodes that are one broker, on this machine."""

import os
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar, Final, Self

from console.local.network.ports import LOOPBACK, TakePort, free_port
from console.local.processes.process import Process
from console.local.report import Say, to_stderr
from console.local.servers import broker_files
from console.local.servers.port_mapper import PortMapper
from console.local.servers.rabbitmq import RabbitMQ
from console.local.servers.server import Part

_NAME: Final = "registry-events-{}@localhost"


class Node(RabbitMQ):
    """One of several; whichever of its cluster runs when it starts, it joins."""

    # Several start at once, on the cores that one has to itself else.
    start_seconds: ClassVar[float] = 240
    purposes: ClassVar[Sequence[str]] = [one for one in RabbitMQ.purposes if one != "epmd"]

    def __init__(
        self, cluster: "BrokerCluster", number: int, *, fast: bool, take_port: TakePort, say: Say
    ) -> None:
        super().__init__(
            cluster.directory.with_name(f"{cluster.directory.name}-{number}"),
            fast=fast,
            take_port=lambda purpose: take_port(f"{purpose}-{number}"),
            say=say,
        )
        self.name = cluster.names[number]
        self._cluster = cluster
        self._number = number

    def _new_parts(self) -> Sequence[Part]:
        self.environment = self._write_files()
        return [self._broker(f"RabbitMQ-{self._number}")]

    def _write_files(self) -> dict[str, str]:
        return broker_files.write(
            self.directory,
            {**self._ports, "epmd": self._cluster.mapper.port},
            name=self.name,
            peers=self._cluster.names,
            cookie=self._cluster.cookie(),
        )


class BrokerCluster:
    """Quorum queues have a replica on each of its nodes. One that is in a minority pauses.

    Each node keeps its files in a directory of its own beside `directory`.
    """

    def __init__(
        self,
        directory: Path,
        count: int,
        *,
        fast: bool = False,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        self.directory = directory.absolute()
        self.names = [_NAME.format(number) for number in range(count)]
        self.mapper = PortMapper(self.directory, take_port=take_port, say=say)
        self.nodes = [
            Node(self, number, fast=fast, take_port=take_port, say=say) for number in range(count)
        ]
        self._fast = fast

    def url(self, vhost: str = "/") -> str:
        """With all nodes in it."""
        first, rest = self.nodes[0], self.nodes[1:]
        own = f"{LOOPBACK}:{first.port}"
        hosts = [own, *(f"{LOOPBACK}:{node.port}" for node in rest)]
        return first.url(vhost).replace(own, ",".join(hosts))

    def cookie(self) -> str:
        """By which nodes know each other: who has it may do anything as their user."""
        path = self.directory / "cookie"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(20))
        return path.read_text()

    @property
    def processes(self) -> list[Process]:
        """Each after those that need it."""
        nodes = [process for node in reversed(self.nodes) for process in node.processes]
        return [*nodes, *self.mapper.processes]

    @property
    def environment(self) -> Mapping[str, str]:
        return self.nodes[0].environment

    def start(self) -> None:
        """All at once: one that has been of a cluster waits for those that ended after it.

        Raises LocalError.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.cookie()
        self.mapper.start()
        try:
            with ThreadPoolExecutor(len(self.nodes)) as threads:
                list(threads.map(Node.start, self.nodes))
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        for node in reversed(self.nodes):
            node.stop()
        self.mapper.stop()

    def kill(self) -> None:
        for process in self.processes:
            process.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._fast:
            self.kill()
        self.stop()
