"""Our own processes: migrate, ingest, workers and console, as an operator would start them."""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK
from console.local.processes.process import Process
from console.local.workspace import Workspace
from shared.configuration import FILE_SUFFIX

_READY_SECONDS = 30
# A worker may take 25 s to finish what is in hand.
_STOP_SECONDS = 30
_MIGRATE_SECONDS = 120


@dataclass(slots=True)
class Services:
    """`settings` are environment variables that win over the user's own."""

    workspace: Workspace
    settings: Mapping[str, str]
    exits: ExitStack
    processes: list[Process] = field(default_factory=list)
    ingest_port: int = 0
    worker_ports: list[int] = field(default_factory=list)
    console_port: int = 0

    @property
    def addresses(self) -> str:
        """As in REGISTRY_EVENTS_CONSOLE_SERVICES."""
        ports = (self.ingest_port, *self.worker_ports)
        return ",".join(f"http://{LOOPBACK}:{port}" for port in ports)

    def migrate(self) -> None:
        """Raises LocalError, with the end of the log, when the schema cannot be brought up."""
        process = self._new("migrate", ["migrate"], {})
        self.exits.callback(process.kill)
        process.start()
        process.finish(seconds=_MIGRATE_SECONDS)

    def start(self, *, workers: int) -> None:
        """Raises LocalError, with the end of the log, when one of them is not ready soon."""
        self.ingest_port = self._start("ingest", ["ingest"])
        self.worker_ports = [self._start(f"worker-{n}", ["worker"]) for n in range(1, workers + 1)]
        ports = [self.ingest_port, *self.worker_ports]
        for process, port in zip(self.processes, ports, strict=True):
            ready = partial(answers, port, "/health/ready")
            process.wait_until(ready, seconds=_READY_SECONDS)
        self.console_port = self._start("console", ["console", "--allow-writes"])
        # The user's own settings may ask for a token on every other page.
        page = partial(answers, self.console_port, "/static/console.css")
        self.processes[-1].wait_until(page, seconds=_READY_SECONDS)

    def start_sync(self, site: str, primary: str, secondary: str, *options: str) -> Process:
        """Raises as `start`."""
        places = ["--site", site, "--primary", primary, "--secondary", secondary]
        port = self._start("geo-sync", ["geo", "sync", *places, *options])
        process = self.processes[-1]
        process.wait_until(partial(answers, port, "/health/ready"), seconds=_READY_SECONDS)
        return process

    def _start(self, name: str, command: list[str]) -> int:
        port = self.workspace.ports.take(name)
        service = "GEO_SYNC" if command[0] == "geo" else command[0].upper()
        settings = {
            f"REGISTRY_EVENTS_{service}_LISTEN": f"{LOOPBACK}:{port}",
            "REGISTRY_EVENTS_CONSOLE_SERVICES": self.addresses,
        }
        process = self._new(name, command, settings)
        self.exits.callback(process.stop, seconds=_STOP_SECONDS)
        process.start()
        self.processes.append(process)
        return port

    def _new(self, name: str, command: list[str], more: Mapping[str, str]) -> Process:
        # A variable and its *_FILE twin together are an error.
        twins = {f"{variable}{FILE_SUFFIX}" for variable in self.settings}
        inherited = {key: value for key, value in os.environ.items() if key not in twins}
        return Process(
            name=name,
            # -P: the directory that `up` was started in may hold packages of the same names.
            command=[sys.executable, "-P", "-m", "registry_events", *command],
            log=self.workspace.log(name),
            environment={**inherited, **self.settings, **more},
        )
