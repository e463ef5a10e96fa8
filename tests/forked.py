"""The process behind `forking.py`: `python -m tests.forked FD`, the number of its socket."""

import gc
import json
import os
import runpy
import signal
import socket
import sys
import time

from console.cli import main
from console.lazy_group import LazyGroup

_ROOM = 1 << 18


def load(group: LazyGroup) -> None:
    for name in group.commands:
        command = group.load(name)
        if isinstance(command, LazyGroup):
            load(command)


def serve(control: socket.socket) -> bool:
    """True in a process that is to become the command, False at the end."""
    while True:
        asked, streams, _, _ = socket.recv_fds(control, _ROOM, 3)
        if not asked:
            return False
        if os.fork() == 0:
            # From here on whoever waits for the command.
            control.close()
            if become(asked, streams):
                return True
            os._exit(0)
        for stream in streams:
            os.close(stream)


def become(asked: bytes, streams: list[int]) -> bool:
    """True in the command itself; False when it has ended and its exit code is said."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(fileno=streams.pop()) as answer:
        if pid := os.fork():
            answer.send(str(pid).encode())
            _, status = os.waitpid(pid, 0)
            answer.send(str(os.waitstatus_to_exitcode(status)).encode())
            return False
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)
    arguments, environment, directory = json.loads(asked)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv[1:] = arguments
    return True


def wait_for_commands() -> bool:
    # Ctrl-C is for the tests, which then close the socket; nobody waits for who waits.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    assert isinstance(main, LazyGroup)
    load(main)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        return serve(control)


if __name__ == "__main__" and wait_for_commands():
    runpy.run_module("console", run_name="__main__", alter_sys=True)
