"""The place of one of several processes: another takes it when the one there ends by itself."""

import asyncio
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from console.supervision.assignment import UNFIT, Assignment
from shared.logs import get_logger

# Before one that ended by itself is replaced; as in our systemd units.
_PAUSE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """`assignment` is what each process that takes the place is given to read."""

    assignment: Assignment

    @property
    def number(self) -> int:
        return self.assignment.siblings.number

    async def keep(self, stop: asyncio.Event) -> str:
        """Until `stop`; a process that another start would not mend sets it for all.

        Gives what went wrong for good, empty if nothing did.
        """
        log = get_logger().bind(process=self.number)
        while not stop.is_set():
            try:
                process = await self._start()
            except OSError as error:
                stop.set()
                return f"cannot start process {self.number}: {error.strerror}"
            log.info("process.started", pid=process.pid)
            await _unless(stop, process.wait())
            if stop.is_set():
                return await self._end(process)
            if process.returncode == UNFIT:
                stop.set()
                return await _said(process)
            log.warning("process.ended", how=_how(process), replaced_in=_PAUSE)
            await _unless(stop, asyncio.sleep(_PAUSE))
        return ""

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            # Packages of the same names may lie where the command was started.
            "-P",
            "-m",
            "console.supervision.child",
            # For whoever lists processes.
            self.assignment.service,
            str(self.number),
            stdin=PIPE,
            stdout=PIPE,
            # Ctrl-C is for the parent, which tells them.
            start_new_session=True,
        )
        if process.stdin:
            process.stdin.write(pickle.dumps(self.assignment))
            # One that has ended already is found so.
            with suppress(ConnectionError):
                await process.stdin.drain()
        return process

    async def _end(self, process: Process) -> str:
        seconds = self.assignment.seconds
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            return f"process {self.number} did not end within {seconds:g} s and was killed"
        if process.returncode in {0, -signal.SIGTERM}:
            # By the signal itself if it had not begun yet.
            return ""
        return await _said(process) or f"process {self.number} ended {_how(process)}"


async def _unless(stop: asyncio.Event, awaited: Coroutine[Any, Any, object]) -> None:
    """Wait for it, or until `stop`."""
    either = {asyncio.ensure_future(awaited), asyncio.ensure_future(stop.wait())}
    _, left = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    for one in left:
        one.cancel()


async def _said(process: Process) -> str:
    """What it has told its parent alone."""
    return (await process.stdout.read()).decode(errors="replace") if process.stdout else ""


def _how(process: Process) -> str:
    code = process.returncode or 0
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
