"""A private container registry, which may notify one endpoint."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from console.local.network.loopback import request
from console.local.network.ports import LOOPBACK, TakePort, free_port
from console.local.packages.programs import REGISTRY
from console.local.processes.process import Process, bare_environment
from console.local.report import Say, to_stderr
from console.local.servers.server import Part, Server
from console.local.workspace import write_private

_START_SECONDS = 20


class Guard(NamedTuple):
    """Who is let in: `htpasswd` is such a file's text (bcrypt). With a certificate: by https."""

    htpasswd: str = ""
    certificate: Path | None = None
    key: Path | None = None


_OPEN: Final = Guard()


class Registry(Server):
    """CNCF Distribution with filesystem storage; `token` goes into a file only its owner reads.

    Without `notify_url` it notifies nobody.
    """

    need = REGISTRY
    purposes = ("registry",)
    stop_seconds = 10

    def __init__(
        self,
        directory: Path,
        notify_url: str | None = None,
        token: str = "",
        *,
        guard: Guard = _OPEN,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        super().__init__(take_port=take_port, say=say)
        self._directory = directory.absolute()
        self._notify_url = notify_url
        self._token = token
        self._guard = guard

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self._guard.certificate else 'http'}://{self.address}"

    @property
    def log(self) -> Path:
        return self._directory / "registry.log"

    def _new_parts(self) -> Sequence[Part]:
        command: list[str | Path] = [REGISTRY.found(), "serve", self._write_configuration()]
        # Since version 3 it looks for a telemetry collector unless told not to.
        environment = {**bare_environment(self._directory), "OTEL_TRACES_EXPORTER": "none"}
        process = Process("the registry", command, self.log, environment, self._directory)
        return [Part(process, self._is_up, _START_SECONDS)]

    def _write_configuration(self) -> Path:
        """JSON, which every YAML parser reads, so nothing needs quoting by hand."""
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / "registry.yml"
        write_private(path, json.dumps(self._configuration(), indent=2))
        return path

    def _is_up(self) -> bool:
        """Whether it says anything, be it that it wants a login or TLS."""
        try:
            request(self.port, "GET", "/v2/", timeout=2)
        except OSError:
            return False
        return True

    def _configuration(self) -> dict[str, object]:
        http: dict[str, object] = {"addr": self.address, "secret": secrets.token_hex(16)}
        configuration = {
            "version": 0.1,
            "storage": {
                "filesystem": {"rootdirectory": str(self._directory / "storage")},
                "delete": {"enabled": True},
            },
            "http": http,
        }
        if self._guard.certificate:
            http["tls"] = {
                "certificate": str(self._guard.certificate),
                "key": str(self._guard.key),
            }
        if self._guard.htpasswd:
            path = self._directory / "htpasswd"
            write_private(path, self._guard.htpasswd)
            configuration["auth"] = {"htpasswd": {"realm": "registry", "path": str(path)}}
        if self._notify_url is not None:
            configuration["notifications"] = {"endpoints": [self._endpoint(self._notify_url)]}
        return configuration

    def _endpoint(self, url: str) -> dict[str, object]:
        return {
            "name": "registry-events",
            "url": url,
            "headers": {"Authorization": [f"Bearer {self._token}"]},
            "timeout": "500ms",
            "threshold": 5,
            "backoff": "1s",
        }
