"""The process behind `forked_command.py`: `python -m tests.fork_server FD`, its socket."""

import gc
import json
import os
import runpy
import signal
import socket
import struct
import sys
import time
from typing import Final

from console.cli import main
from console.lazy_group import LazyGroup

# How a process's number and its exit code are said.
NUMBER: Final = struct.Struct("i")


def load(group: LazyGroup) -> None:
    for name in group.commands:
        command = group.load(name)
        if isinstance(command, LazyGroup):
            load(command)


def serve(control: socket.socket) -> bool:
    """True in a process that is to become a command, False at the end."""
    while True:
        byte, streams, _, _ = socket.recv_fds(control, 1, 4)
        if not byte:
            return False
        if os.fork() == 0:
            # From here on whoever waits for the command.
            control.close()
            if become(*streams):
                return True
            os._exit(0)
        for stream in streams:
            os.close(stream)


def become(asked: int, out: int, err: int, answer: int) -> bool:
    """True in the command itself; False when it has ended and its exit code is said."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(fileno=answer) as told:
        if pid := os.fork():
            told.send(NUMBER.pack(pid))
            _, status = os.waitpid(pid, 0)
            told.send(NUMBER.pack(os.waitstatus_to_exitcode(status)))
            return False
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with os.fdopen(asked) as file:
        arguments, environment, directory, *own = json.load(file)
    if own == ["session"]:
        os.setsid()
    for stream, number in ((out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
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
