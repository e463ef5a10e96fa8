"""The directory of `up`: data, logs, ports, token, and the file that scripts read."""

import fcntl
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from console.local.network.ports import PortBook
from console.local.processes import leftovers
from console.local.report import LocalError, Say

_NOTES = ("*/*.pid", "*/log/*.pid")


class Workspace:
    def __init__(self, directory: Path, *, say: Say) -> None:
        self.directory = directory
        self._say = say
        self.ports = PortBook(directory / "ports.json")

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """For one `up` at a time, without what a killed one left; raises LocalError."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = (self.directory / "lock").open("w")
        except OSError as error:
            raise LocalError(f"{self.directory} cannot be written: {error.strerror}") from error
        with lock:
            self._lock(lock.fileno())
            self._end_leftovers()
            yield

    @property
    def env_file(self) -> Path:
        return self.directory / "env"

    def log(self, name: str) -> Path:
        return self.directory / "log" / f"{name}.log"

    def token(self) -> str:
        """Made once, so that a registry configured by hand keeps working."""
        path = self.directory / "token"
        known = path.read_text().strip() if path.exists() else ""
        if not known:
            known = secrets.token_urlsafe(24)
            write_private(path, f"{known}\n")
        return known

    def write_env(self, values: Mapping[str, str]) -> None:
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in values.items()]
        write_private(self.env_file, "".join(lines))

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(
                f"another `registry-events up` is running with {self.directory}; "
                "stop it, or give another directory with --data"
            ) from None

    def _end_leftovers(self) -> None:
        notes = [path for pattern in _NOTES for path in self.directory.glob(pattern)]
        if ended := leftovers.end(notes):
            self._say(f"The last run was killed; ended {ended} processes that it left")
        for path in notes:
            path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Nobody else can read it, at no moment, whatever was there before."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
