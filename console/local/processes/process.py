"""Child processes of our own: started with a log file, awaited until ready, stopped for sure."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from console.local.processes import interrupts, leftovers, log_files
from console.local.processes.family import family, send, wait_until_gone
from console.local.report import LocalError

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def bare_environment(home: Path) -> dict[str, str]:
    """Servers read settings from many variables; a private one must see none of the user's."""
    path = os.pathsep.join(filter(None, (os.environ.get("PATH"), _SYSTEM_PATH)))
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}


class Child(Protocol):
    """What is asked of a `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


@dataclass(slots=True)
class Process:
    """One child in its own session, so that the terminal's Ctrl-C does not reach it.

    `uid` and `gid` apply together and drop every supplementary group.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    owner: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    _child: Child | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Raises LocalError when the program cannot be started at all."""
        try:
            with interrupts.held(), log_files.opened(self.log) as log:
                self._child = self._begun(log)
                leftovers.note(self._note, self._child.pid, self.stop_signal)
        except OSError as error:
            raise LocalError(f"{self.name} cannot be started: {error}") from error

    def _begun(self, log: IO[bytes]) -> Child:
        uid, gid = self.owner or (None, None)
        return subprocess.Popen(
            [str(part) for part in self.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=self.environment,
            cwd=self.directory,
            user=uid,
            group=gid,
            extra_groups=[] if self.owner else None,
            start_new_session=True,
        )

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Raises LocalError, with the end of the log, when it ends or is not `ready` in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.running:
                raise LocalError(self.obituary())
            if ready():
                return
            time.sleep(0.05)
        raise LocalError(
            f"{self.name} was not ready after {seconds:g} s; {log_files.end(self.log)}"
        )

    def finish(self, *, seconds: float) -> None:
        """Wait for its end; raises LocalError when it fails or takes longer."""
        if self._child is None:
            return
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LocalError(f"{self.name} took longer than {seconds:g} s") from None
        if code != 0:
            raise LocalError(self.obituary())

    def stop(self, *, seconds: float = 30) -> None:
        """Ask it to end; after `seconds` kill it. Whatever it started goes with it."""
        if self._child is None:
            return
        members = family(self._child.pid)
        if self.running:
            # A paused process would never see the request.
            send(members, signal.SIGCONT)
            self._child.send_signal(self.stop_signal)
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return
        left = wait_until_gone(members | family(self._child.pid), seconds=2)
        send(left, signal.SIGKILL)
        wait_until_gone(left, seconds=5)
        self._forget()

    def kill(self) -> None:
        """End it and all it started at once, as a crash of the machine would."""
        if self._child is None:
            return
        members = family(self._child.pid)
        self._child.kill()
        members |= family(self._child.pid)
        send(members, signal.SIGKILL)
        self._child.wait()
        wait_until_gone(members, seconds=5)
        self._forget()

    def pause(self) -> None:
        self._signal_family(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_family(signal.SIGCONT)

    def obituary(self) -> str:
        code = self.exit_code
        how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
        return f"{self.name} ended {how}; {log_files.end(self.log)}"

    @property
    def _note(self) -> Path:
        return self.log.with_suffix(".pid")

    def _forget(self) -> None:
        self._note.unlink(missing_ok=True)
        self._child = None

    def _signal_family(self, number: signal.Signals) -> None:
        if self._child is not None:
            send(family(self._child.pid), number)
