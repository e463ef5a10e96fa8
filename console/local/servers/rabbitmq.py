"""A private RabbitMQ broker with a port mapper of its own."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from console.local.network.handshakes import amqp_speaks, port_opens
from console.local.network.ports import LOOPBACK, TakePort, free_port, require_free
from console.local.packages.programs import RABBITMQ, ensure, epmd, rabbitmq_server
from console.local.processes.process import Process
from console.local.report import LocalError, Say, to_stderr
from console.local.servers import broker_files
from console.local.servers.management import Management

_START_SECONDS = 60
_EPMD_SECONDS = 10


class RabbitMQ:
    """The node keeps its name, so a restart finds its data; ports stay the same for one object.

    `fast`: leaving a `with` kills it, as an orderly stop takes five seconds more.
    """

    def __init__(
        self,
        directory: Path,
        *,
        fast: bool = False,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        self._directory = directory.absolute()
        self._fast = fast
        self._say = say
        purposes = ("amqp", "management", "prometheus", "distribution", "epmd")
        self._ports = {purpose: take_port(purpose) for purpose in purposes}
        self._epmd: Process | None = None
        self._broker: Process | None = None
        self._management = Management(self._ports["management"])

    @property
    def port(self) -> int:
        return self._ports["amqp"]

    @property
    def management_url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports['management']}"

    @property
    def prometheus_url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports['prometheus']}/metrics"

    @property
    def processes(self) -> list[Process]:
        return [process for process in (self._broker, self._epmd) if process]

    def url(self, vhost: str = "/") -> str:
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/{quote(vhost, safe='')}"

    def create_vhost(self, name: str) -> None:
        """With every permission for guest; raises LocalError when the broker refuses."""
        self._management.create_vhost(name)

    def delete_vhost(self, name: str) -> None:
        """Closes its connections, drops its queues; a vhost that is not there is fine."""
        self._management.delete_vhost(name)

    def start(self) -> None:
        """Raises LocalError, with the end of the log, when it does not speak AMQP soon."""
        ensure((RABBITMQ,), say=self._say)
        require_free(*self._ports.values())
        environment = broker_files.write(self._directory, self._ports)
        self._epmd = self._new_epmd(environment)
        self._broker = self._new_broker(environment)
        try:
            self._epmd.start()
            self._epmd.wait_until(lambda: port_opens(self._ports["epmd"]), seconds=_EPMD_SECONDS)
            self._broker.start()
            self._broker.wait_until(lambda: amqp_speaks(self.port), seconds=_START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        for process in self.processes:
            process.stop()

    def kill(self) -> None:
        """End it as a crash would.

        Measured with 3.10: a quorum queue that was declared less than two seconds before has no
        leader after the restart, because its registration was not on disk yet.
        """
        for process in self.processes:
            process.kill()

    def pause(self) -> None:
        if self._broker:
            self._broker.pause()

    def resume(self) -> None:
        if self._broker:
            self._broker.resume()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._fast:
            self.kill()
        self.stop()

    def _new_epmd(self, environment: Mapping[str, str]) -> Process:
        # Started by the broker it would outlive it, and listen on every interface.
        program = _found(epmd(), "epmd (Erlang's port mapper)")
        port = str(self._ports["epmd"])
        command: list[str | Path] = [program, "-port", port, "-address", LOOPBACK]
        log = self._directory / "log" / "epmd.log"
        return Process("epmd", command, log, environment, self._directory)

    def _new_broker(self, environment: Mapping[str, str]) -> Process:
        command = [_found(rabbitmq_server(), "RabbitMQ")]
        log = self._directory / "log" / "rabbitmq.log"
        return Process("RabbitMQ", command, log, environment, self._directory)


def _found(program: Path | None, name: str) -> Path:
    if program is None:
        raise LocalError(f"{name} is not installed")
    return program
