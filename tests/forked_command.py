"""Commands to their end, each in a process forked from one that has imported everything.

Importing is nine tenths of what a command costs, and the tests run hundreds. All else is the
command's own: arguments, environment, directory, streams, exit code. How it imports is seen where
it is started for good: `test_startup.py`, `test_wheel.py`, and whatever serves.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from tests.fork_server import NUMBER


class Forking:
    """The process that forks: started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Its standard input is empty. Raises subprocess.TimeoutExpired, having killed it."""
        with TemporaryFile() as asked, TemporaryFile() as out, TemporaryFile() as err:
            asked.write(json.dumps([arguments, dict(environment), str(Path.cwd())]).encode())
            asked.seek(0)
            with self._begun(asked, out, err) as answer:
                (pid,) = NUMBER.unpack(answer.recv(NUMBER.size))
                answer.settimeout(seconds)
                try:
                    (code,) = NUMBER.unpack(answer.recv(NUMBER.size))
                except BaseException as error:
                    os.kill(pid, signal.SIGKILL)
                    answer.settimeout(None)
                    answer.recv(NUMBER.size)
                    if isinstance(error, TimeoutError):
                        raise subprocess.TimeoutExpired(list(arguments), seconds) from None
                    raise
            said = [_read(stream) for stream in (out, err)]
        return subprocess.CompletedProcess(list(arguments), code, *said)

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
