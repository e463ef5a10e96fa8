"""A private container registry that notifies one endpoint."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, TakePort, free_port
from console.local.packages.programs import REGISTRY
from console.local.processes.process import Process, bare_environment
from console.local.report import Say, to_stderr
from console.local.servers.server import Part, Server
from console.local.workspace import write_private

_START_SECONDS = 20


class Registry(Server):
    """CNCF Distribution with filesystem storage; `token` goes into a file only its owner reads."""

    need = REGISTRY
    purposes = ("registry",)
    stop_seconds = 10

    def __init__(
        self,
        directory: Path,
        notify_url: str,
        token: str,
        *,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        super().__init__(take_port=take_port, say=say)
        self._directory = directory.absolute()
        self._notify_url = notify_url
        self._token = token

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self._directory / "registry.log"

    def _new_parts(self) -> Sequence[Part]:
        command: list[str | Path] = [REGISTRY.found(), "serve", self._write_configuration()]
        # Since version 3 it looks for a telemetry collector unless told not to.
        environment = {**bare_environment(self._directory), "OTEL_TRACES_EXPORTER": "none"}
        process = Process("the registry", command, self.log, environment, self._directory)
        return [Part(process, lambda: answers(self.port, "/v2/"), _START_SECONDS)]

    def _write_configuration(self) -> Path:
        """JSON, which every YAML parser reads, so nothing needs quoting by hand."""
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / "registry.yml"
        write_private(path, json.dumps(self._configuration(), indent=2))
        return path

    def _configuration(self) -> dict[str, object]:
        endpoint = {
            "name": "registry-events",
            "url": self._notify_url,
            "headers": {"Authorization": [f"Bearer {self._token}"]},
            "timeout": "500ms",
            "threshold": 5,
            "backoff": "1s",
        }
        return {
            "version": 0.1,
            "storage": {
                "filesystem": {"rootdirectory": str(self._directory / "storage")},
                "delete": {"enabled": True},
            },
            "http": {"addr": self.address, "secret": secrets.token_hex(16)},
            "notifications": {"endpoints": [endpoint]},
        }
