"""Every process of the system on this machine, started in order and stopped in reverse."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from console.local.network.ports import LOOPBACK, TakePort
from console.local.packages.programs import POSTGRES, RABBITMQ, REGISTRY, SKOPEO, ensure
from console.local.processes.process import Process
from console.local.report import LocalError, Say
from console.local.servers.broker_cluster import BrokerCluster
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ
from console.local.servers.registry import Registry
from console.local.servers.server import Server
from console.local.services import Services
from console.local.workspace import Workspace
from shared import configuration


@dataclass(slots=True)
class System:
    """Whoever starts it calls `stop` afterwards, also when `start` has failed half-way.

    `more` are settings of the services beside those that it makes itself, `broker_nodes` how many
    of them the broker has.
    """

    workspace: Workspace
    say: Say
    more: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    broker_nodes: int = 1
    amqp_url: str = ""
    database_url: str = ""
    broker: RabbitMQ | BrokerCluster | None = None
    registry: Registry | None = None
    services: Services = field(init=False)
    _exits: ExitStack = field(default_factory=ExitStack)
    _watched: list[Process] = field(default_factory=list)

    @property
    def ingest_url(self) -> str:
        return f"http://{LOOPBACK}:{self.services.ingest_port}/notifications"

    def start(self, *, workers: int, with_registry: bool) -> None:
        """Raises LocalError."""
        self._read_environment()
        required = [] if self.database_url else [POSTGRES]
        required += [] if self.amqp_url else [RABBITMQ]
        ensure(required, [REGISTRY, SKOPEO] if with_registry else [], say=self.say)
        self._start_servers()
        self._start_services(workers)
        if with_registry and REGISTRY.find():
            self._start_registry()
        self._write_env()

    def stop(self) -> None:
        """Everything that was started, the last first."""
        # Closed in any case: the terminal may be gone, and saying so fails then.
        with self._exits:
            if self._watched:
                self.say("Stopping ...")

    def newly_dead(self) -> list[Process]:
        """What ended by itself since the last call."""
        dead = [process for process in self._watched if not process.running]
        self._watched = [process for process in self._watched if process.running]
        return dead

    def _read_environment(self) -> None:
        try:
            settings = configuration.load()
        except configuration.SettingsError as error:
            raise LocalError(f"the environment cannot be used: {error}") from error
        if settings.amqp_url and self.broker_nodes > 1:
            raise LocalError("AMQP_URL is set, so that no broker is started: unset it")
        self.token = self.workspace.token()
        self.amqp_url = _plain(settings.amqp_url)
        self.database_url = _plain(settings.database_url)

    def _start_servers(self) -> None:
        directory, take = self.workspace.directory, self.workspace.ports.take
        if not self.database_url:
            self.say("Starting PostgreSQL ...")
            postgres = Postgres(directory / "postgres", fast=False, take_port=take, say=self.say)
            self.start_server(postgres)
            self.database_url = postgres.url()
        if not self.amqp_url:
            self.say("Starting RabbitMQ ...")
            self.broker = self._new_broker(directory / "rabbitmq", take)
            self.start_server(self.broker)
            self.amqp_url = self.broker.url()

    def _new_broker(self, directory: Path, take: TakePort) -> RabbitMQ | BrokerCluster:
        """Those of a cluster keep other files than a single one."""
        if self.broker_nodes == 1:
            return RabbitMQ(directory, take_port=take, say=self.say)
        return BrokerCluster(directory, self.broker_nodes, take_port=take, say=self.say)

    def _start_services(self, workers: int) -> None:
        settings = {
            "AMQP_URL": self.amqp_url,
            "DATABASE_URL": self.database_url,
            "REGISTRY_EVENTS_TOKENS": self.token,
            **self.more,
        }
        self.services = Services(self.workspace, settings, self._exits)
        self.services.migrate()
        self.say(
            f"Starting ingest, {workers} worker{'' if workers == 1 else 's'} and the console ..."
        )
        self.services.start(workers=workers)
        self._watched += self.services.processes

    def _start_registry(self) -> None:
        directory, take = self.workspace.directory / "registry", self.workspace.ports.take
        registry = Registry(directory, self.ingest_url, self.token, take_port=take, say=self.say)
        try:
            self.start_server(registry)
        except LocalError as error:
            self.say(f"Going on without a registry: {error}")
            return
        self.registry = registry

    def start_server(self, server: Server | BrokerCluster) -> None:
        """Raises LocalError."""
        self._exits.callback(server.stop)
        server.start()
        self._watched += server.processes

    def start_sync(self, site: str, primary: str, secondary: str, *options: str) -> None:
        """Raises LocalError."""
        self._watched.append(self.services.start_sync(site, primary, secondary, *options))

    def _write_env(self) -> None:
        values = {
            "INGEST_URL": self.ingest_url,
            "AMQP_URL": self.amqp_url,
            "DATABASE_URL": self.database_url,
            "TOKEN": self.token,
            "REGISTRY_EVENTS_TOKENS": self.token,
            "REGISTRY_EVENTS_CONSOLE_SERVICES": self.services.addresses,
        }
        self.workspace.write_env(values)


def _plain(url: SecretStr | None) -> str:
    return url.get_secret_value() if url else ""
