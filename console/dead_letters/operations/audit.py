"""Who changed which dead letters, when and with what result: a row, or else a line in the log."""

import getpass
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Final, cast

import structlog
from structlog.stdlib import BoundLogger

from console.database import database_errors
from console.dead_letters.operations.run import INTERRUPTED, Outcome
from console.errors import DatabaseAwayError
from console.words.away import ANSWER
from shared import faults
from shared.database import Pool, borrowed, new_pool
from shared.settings import Settings
from shared.text import storable

APPLICATION: Final = "registry-events console"
START: Final = """
INSERT INTO dead_letter_operations (operation, actor, selector, matched, note)
VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
FINISH: Final = """
UPDATE dead_letter_operations
SET done = $2, failed = $3, result = $4, finished_at = clock_timestamp() WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Operation:
    operation: str
    actor: str
    selector: str
    matched: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    done: int
    failed: int
    text: str


def operator() -> str:
    """The user of this process, and its host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator["Pool | None"]:
    """None if none is configured. It is connected to when it is used."""
    if settings.database_url is None:
        yield None
        return
    url = settings.database_url.get_secret_value()
    async with new_pool(settings, url=url, application=APPLICATION, connect=ANSWER) as pool:
        yield pool


class Trail:
    """Writes where it can; `fault` says why that is not the database, `number` names the row."""

    def __init__(self, pool: "Pool | None") -> None:
        self._pool = pool
        self.number: int | None = None
        self.fault = "" if pool else "no database is configured"

    async def start(self, operation: Operation) -> None:
        texts = (operation.operation, operation.actor, operation.selector)
        self.number = await self._try(
            START, *map(storable, texts), operation.matched, storable(operation.note)
        )
        if self.number is None:
            # What a kill leaves of it.
            _logger().info("dead_letters.changing", **asdict(operation))

    async def finish(self, operation: Operation, result: Result) -> None:
        if self.number is not None:
            await self._try(FINISH, self.number, result.done, result.failed, storable(result.text))
        if self.number is None or self.fault:
            _logger().info(
                "dead_letters.changed",
                **asdict(operation),
                done=result.done,
                failed=result.failed,
                result=result.text,
            )

    async def _try(self, statement: str, *values: object) -> int | None:
        if self._pool is None:
            return None
        try:
            with database_errors():
                async with borrowed(self._pool, seconds=ANSWER) as connection:
                    number: int | None = await connection.fetchval(statement, *values)
        except DatabaseAwayError as error:
            self.fault = str(error)
            return None
        return number


def _logger() -> BoundLogger:
    """One whose lines no level drops: without a row they are all there is."""
    unfiltered = logging.getLogger("audit")
    unfiltered.setLevel(logging.INFO)
    wrapped = structlog.wrap_logger(unfiltered, wrapper_class=BoundLogger)
    return cast("BoundLogger", wrapped)


@asynccontextmanager
async def written_down(trail: Trail, operation: Operation) -> AsyncIterator[Outcome]:
    """The block adds what it did to the outcome; also when it raises that is written."""
    await trail.start(operation)
    outcome = Outcome()
    try:
        yield outcome
    except BaseException as error:
        why = faults.in_words(error) if isinstance(error, Exception) else INTERRUPTED
        outcome.stopped = outcome.stopped or why
        raise
    finally:
        await trail.finish(operation, _result(outcome, operation))


def _result(outcome: Outcome, operation: Operation) -> Result:
    failed = outcome.failed.total()
    parts = [f"{why}: {count}" for why, count in outcome.failed.most_common()]
    if outcome.missing:
        parts.append(f"gone before: {outcome.missing}")
    if outcome.stopped:
        parts.append(f"stopped: {outcome.stopped}")
    if not parts and outcome.done < operation.matched:
        parts.append(f"left alone: {operation.matched - outcome.done}")
    return Result(outcome.done, failed, "; ".join(parts) or "done")
