"""A program that is run for each change."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from geo.following.receiver import NotTakenError, line
from geo.log.change import Change
from shared.text import printable


class Command:
    """Run without a shell, the change as a line on its standard input; exit code 0: it is done.

    It has a session of its own, so that Ctrl-C lets it end what it does; when following is cut, so
    is all that it has started.
    """

    most = 1

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments
        self._name = printable(arguments[0])

    async def take(self, changes: Sequence[Change]) -> None:
        for change in changes:
            code = await self._run(line(change))
            if code:
                ended = (
                    f"ended with exit code {code}" if code > 0 else f"was killed by signal {-code}"
                )
                raise NotTakenError(f"{self._name} {ended} at change {change.id}")

    async def _run(self, text: bytes) -> int:
        try:
            process = await self._started()
        except OSError as error:
            raise NotTakenError(f"{self._name} cannot be started: {error.strerror}") from error
        try:
            await _give(process, text)
            await process.wait()
        finally:
            if process.returncode is None:
                await _cut(process)
        return process.returncode or 0

    async def _started(self) -> Process:
        """A cut before asyncio gives it would end the program alone, not what it has started."""
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(*self._arguments, stdin=PIPE, start_new_session=True)
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            with suppress(OSError):
                await _cut(await starting)
            raise


async def _give(process: Process, text: bytes) -> None:
    assert process.stdin  # noqa: S101  a pipe was asked for
    # One that does not read may have ended by now; uvloop then says RuntimeError.
    with suppress(OSError, RuntimeError):
        process.stdin.write(text)
        await process.stdin.drain()
    process.stdin.close()


async def _cut(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
