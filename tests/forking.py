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

# Of a message that says a number.
_NUMBER: Final = 16


class Forking:
    """The process that forks: started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Its standard input is empty. Raises subprocess.TimeoutExpired, having killed it."""
        directory = str(Path.cwd())
        wanted = json.dumps([arguments, dict(environment), directory]).encode()
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with ours, TemporaryFile() as out, TemporaryFile() as err:
            with theirs, self._lock:
                streams = [one.fileno() for one in (out, err, theirs)]
                socket.send_fds(self._started(), [wanted], streams)
            pid = int(ours.recv(_NUMBER))
            ours.settimeout(seconds)
            try:
                code = int(ours.recv(_NUMBER))
            except BaseException as error:
                os.kill(pid, signal.SIGKILL)
                if isinstance(error, TimeoutError):
                    raise subprocess.TimeoutExpired(list(arguments), seconds) from None
                raise
            said = [_read(stream) for stream in (out, err)]
        return subprocess.CompletedProcess(list(arguments), code, *said)

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
            with theirs:
                number = theirs.fileno()
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.forked", str(number)],
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
