"""Commands, each in a process forked from one that has imported everything.

Importing is nine tenths of what a command costs, and most of what a service costs until it is
ready; the tests start hundreds of both. All else is the command's own: arguments, environment,
directory, streams, exit code. How it imports is seen where it is started for good:
`test_startup.py`, `test_wheel.py`, `test_up.py`, `test_processes.py`.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from tests.fork_server import NUMBER


class Forked:
    """One that runs, with what a `subprocess.Popen` of it would have; any thread may ask it."""

    def __init__(self, answer: socket.socket) -> None:
        (self.pid,) = NUMBER.unpack(answer.recv(NUMBER.size))
        self._answer = answer.detach()
        self._code: int | None = None
        self._lock = threading.Lock()
        weakref.finalize(self, os.close, self._answer)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; raises subprocess.TimeoutExpired after so many seconds."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        told = select.poll()
        told.register(self._answer, select.POLLIN)
        if self._code is None and told.poll(None if seconds is None else seconds * 1000):
            with self._lock:
                if self._code is None:
                    (self._code,) = NUMBER.unpack(os.read(self._answer, NUMBER.size))
        return self._code


class Forking:
    """The process that forks: started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Its standard input is empty. Raises subprocess.TimeoutExpired, having killed it."""
        with TemporaryFile() as out, TemporaryFile() as err:
            command = self.begin(arguments, environment, out, err)
            try:
                code = command.wait(seconds)
            except BaseException:
                command.kill()
                command.wait()
                raise
            said = [_read(stream) for stream in (out, err)]
        return subprocess.CompletedProcess(list(arguments), code, *said)

    def begin(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        out: IO[bytes],
        err: IO[bytes],
        *,
        own: Sequence[str] = (),
    ) -> Forked:
        """`own`: `session`, if it shall have one of its own."""
        with TemporaryFile() as asked:
            asked.write(json.dumps([arguments, dict(environment), str(Path.cwd()), *own]).encode())
            asked.seek(0)
            return Forked(self._begun(asked, out, err))

    def _begun(self, *streams: IO[bytes]) -> socket.socket:
        """Where the number of its process comes, and its exit code when it has ended."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            numbers = [*(stream.fileno() for stream in streams), theirs.fileno()]
            socket.send_fds(self._started(), [b"."], numbers)
        return ours

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                number = theirs.fileno()
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.fork_server", str(number)],
                    cwd=Path(__file__).parents[1],
                    pass_fds=[number],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
            # It ends when nobody can ask it any more, however that came about.
            atexit.register(process.wait)
            atexit.register(self._control.close)
        return self._control


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


forking: Final = Forking()
