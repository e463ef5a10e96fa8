"""A private RabbitMQ broker with a port mapper of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from console.local.network.handshakes import amqp_speaks
from console.local.network.ports import LOOPBACK, TakePort, free_port
from console.local.packages.programs import RABBITMQ
from console.local.processes.process import Process
from console.local.report import Say, to_stderr
from console.local.servers import broker_files, port_mapper
from console.local.servers.management import Management
from console.local.servers.server import Part, Server


class RabbitMQ(Server):
    """The node keeps its name, so a restart finds its data.

    Measured with 3.10: a quorum queue that was declared less than two seconds before `kill` has no
    leader after the restart, because its registration was not on disk yet.

    `fast`: leaving a `with` kills it, as an orderly stop takes five seconds more. `environment` is
    what `rabbitmqctl` needs too; there is none before the start.
    """

    need = RABBITMQ
    start_seconds: ClassVar[float] = 120
    purposes: ClassVar[Sequence[str]] = ("amqp", "management", "prometheus", "distribution", "epmd")

    def __init__(
        self,
        directory: Path,
        *,
        fast: bool = False,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        super().__init__(take_port=take_port, say=say)
        self.directory = directory.absolute()
        self.environment: Mapping[str, str] = {}
        self.management = Management(self._ports["management"])
        self._fast = fast

    @property
    def nodes(self) -> Sequence["RabbitMQ"]:
        """It is the only one."""
        return [self]

    @property
    def management_url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports['management']}"

    @property
    def prometheus_url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports['prometheus']}/metrics"

    def url(self, vhost: str = "/") -> str:
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/{quote(vhost, safe='')}"

    def create_vhost(self, name: str) -> None:
        """With every permission for guest; raises LocalError when the broker refuses."""
        self.management.create_vhost(name)

    def delete_vhost(self, name: str) -> None:
        """Closes its connections, drops its queues; a vhost that is not there is fine."""
        self.management.delete_vhost(name)

    def __exit__(self, *error: object) -> None:
        if self._fast:
            self.kill()
        super().__exit__(*error)

    def _new_parts(self) -> Sequence[Part]:
        self.environment = self._write_files()
        log = self.directory / "log" / "epmd.log"
        mapper = port_mapper.part(self._ports["epmd"], log, self.directory)
        return [mapper, self._broker("RabbitMQ")]

    def _write_files(self) -> dict[str, str]:
        return broker_files.write(self.directory, self._ports)

    def _broker(self, name: str) -> Part:
        log = self.directory / "log" / f"{name.lower()}.log"
        process = Process(name, [RABBITMQ.found()], log, self.environment, self.directory)
        return Part(process, lambda: amqp_speaks(self.port), self.start_seconds)
