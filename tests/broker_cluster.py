"""Several brokers in one cluster, on one machine."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar, Final

from console.local.network.ports import free_port
from console.local.servers.rabbitmq import RabbitMQ
from console.local.servers.server import Part

_NODES: Final = 3
_COOKIE: Final = "registry-events-tests"


class Node(RabbitMQ):
    """It joins whoever of `names` runs; the first one started has the port mapper of all."""

    purposes: ClassVar[Sequence[str]] = [one for one in RabbitMQ.purposes if one != "epmd"]

    def __init__(self, directory: Path, names: Sequence[str], number: int, mapper: int) -> None:
        super().__init__(directory, fast=True)
        self._names = names
        self._number = number
        self._mapper = mapper

    def _new_parts(self) -> Sequence[Part]:
        self._ports["epmd"] = self._mapper
        mapper, broker = super()._new_parts()
        # To whoever asks whether its ports are free, it is not ours.
        del self._ports["epmd"]
        return [broker] if self._number else [mapper, broker]

    def _write_files(self) -> dict[str, str]:
        environment = super()._write_files()
        with (self.directory / "rabbitmq.conf").open("a") as configuration:
            configuration.write("cluster_formation.peer_discovery_backend = classic_config\n")
            for number, name in enumerate(self._names, 1):
                configuration.write(f"cluster_formation.classic_config.nodes.{number} = {name}\n")
        cookie = self.directory / "home" / ".erlang.cookie"
        cookie.touch(mode=0o600)
        cookie.write_text(_COOKIE)
        return {**environment, "RABBITMQ_NODENAME": self._names[self._number]}


@contextmanager
def cluster(directory: Path) -> Iterator[Sequence[Node]]:
    """Three nodes; quorum queues have a replica on each."""
    mapper = free_port()
    names = [f"registry-events-{number}@localhost" for number in range(_NODES)]
    with ExitStack() as stack:
        yield [
            stack.enter_context(Node(directory / name, names, number, mapper))
            for number, name in enumerate(names)
        ]
