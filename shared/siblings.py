"""The processes of one service under one command: each answers the others for itself.

By a Unix socket for each, since a connection to the address that they share finds any of them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from shared import faults
from shared.service import StartError

# Short of what a probe and the console wait for the whole.
_SECONDS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Answers:
    """By their numbers: what processes answered, and why others did not."""

    texts: Mapping[int, str]
    silent: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Siblings:
    """`number` is this process's, of 1 to `count`, its parent's 0; `directory` is nobody else's."""

    number: int
    count: int
    directory: Path

    @asynccontextmanager
    async def answering(self, app: web.Application) -> AsyncIterator[None]:
        """Serve `app` to siblings alone. Raises StartError if their directory cannot be used."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SECONDS)
        await runner.setup()
        try:
            await _listen(runner, self._socket(self.number))
            yield
        finally:
            await runner.cleanup()

    async def ask(self, path: str) -> Answers:
        """What each of them, this one too, answers to a GET of `path`; never raises."""
        numbers = range(1, self.count + 1)
        told = await asyncio.gather(*(_ask(self._socket(number), path) for number in numbers))
        answers = dict(zip(numbers, told, strict=True))
        return Answers(
            texts={number: text for number, (text, why) in answers.items() if not why},
            silent={number: why for number, (_, why) in answers.items() if why},
        )

    def _socket(self, number: int) -> str:
        return str(self.directory / f"{number}.socket")


async def _listen(runner: web.AppRunner, path: str) -> None:
    try:
        await web.UnixSite(runner, path).start()
    except OSError as error:
        raise StartError(f"cannot listen on {path}: {faults.in_words(error)}") from error


async def _ask(socket: str, path: str) -> tuple[str, str]:
    """The answer, or why there is none."""
    try:
        async with (
            asyncio.timeout(_SECONDS),
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket)) as http,
            http.get(f"http://sibling{path}") as response,
        ):
            return await response.text(), ""
    except TimeoutError as error:
        return "", faults.in_words(error, seconds=_SECONDS)
    except (aiohttp.ClientError, OSError):
        return "", "it does not run"
