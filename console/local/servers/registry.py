"""A private container registry that notifies one endpoint."""

import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from console.local.network.loopback import answers
from console.local.network.ports import LOOPBACK, TakePort, free_port, require_free
from console.local.packages.programs import REGISTRY, docker_registry, ensure
from console.local.processes.process import Process, bare_environment
from console.local.report import LocalError, Say, to_stderr

_START_SECONDS = 20


class Registry:
    """CNCF Distribution with filesystem storage; `token` goes into a file only its owner reads."""

    def __init__(
        self,
        directory: Path,
        notify_url: str,
        token: str,
        *,
        take_port: TakePort = free_port,
        say: Say = to_stderr,
    ) -> None:
        self._directory = directory.absolute()
        self._notify_url = notify_url
        self._token = token
        self._say = say
        self._process: Process | None = None
        self.port = take_port("registry")

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self._directory / "registry.log"

    @property
    def process(self) -> Process | None:
        return self._process

    def start(self) -> None:
        """Raises LocalError when no registry is installed or it does not answer soon."""
        ensure((REGISTRY,), say=self._say)
        require_free(self.port)
        program = docker_registry()
        if program is None:
            raise LocalError("no container registry is installed")
        command: list[str | Path] = [program, "serve", self._write_configuration()]
        # Since version 3 it looks for a telemetry collector unless told not to.
        environment = {**bare_environment(self._directory), "OTEL_TRACES_EXPORTER": "none"}
        self._process = Process("the registry", command, self.log, environment, self._directory)
        try:
            self._process.start()
            self._process.wait_until(lambda: answers(self.port, "/v2/"), seconds=_START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        if self._process:
            self._process.stop(seconds=10)

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _write_configuration(self) -> Path:
        """JSON, which every YAML parser reads, so nothing needs quoting by hand."""
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / "registry.yml"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._configuration(), file, indent=2)
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
