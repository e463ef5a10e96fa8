"""Opening Postgres: deadlines everywhere, and a start while it is away is no error."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import asyncpg
from msgspec import Struct, json

from shared import primary
from shared.settings import Settings

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

# Texts, since asyncpg's classes are generic only for the type checker.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# What a statement, or the way to the server, can fail with. A server that goes away while it is
# asked confuses asyncpg, which then finds fault with itself.
ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)

# Of the transaction alone, so that pgbouncer's sessions stay as they were. In one round trip.
_BEGIN = """
BEGIN;
SET LOCAL statement_timeout = {milliseconds};
SET LOCAL idle_in_transaction_session_timeout = {milliseconds};
{first}
"""
_ENCODER: Final = json.Encoder()
# For open connections to say good-bye; one to a server that does not answer is cut.
_CLOSE_TIMEOUT: Final = 2.0


@asynccontextmanager
async def new_pool(
    settings: Settings,
    *,
    url: str,
    application: str,
    size: int = 2,
    connect: float | None = None,
    init: Callable[[Any], Awaitable[None]] | None = None,
) -> AsyncIterator[Pool]:
    """A pool that connects when it is used, each time within `connect` seconds if they are given.

    `init` is called with each new connection. The deadlines are the client's: server settings in
    the start packet are refused by pgbouncer.
    """
    pool = asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        # For the type checker it would have to name each of asyncpg's own parameters.
        connect=cast("Any", primary.connect),
        timeout=connect or settings.database_timeout,
        command_timeout=settings.database_timeout,
        statement_cache_size=settings.database_statement_cache_size,
        init=cast("Any", init),
        reset=_as_it_was,
        server_settings={"application_name": application},
    )
    try:
        yield await pool
    finally:
        await _close(pool)


@asynccontextmanager
async def borrowed(pool: Pool, *, seconds: float) -> AsyncIterator[Connection]:
    """A connection of `pool` for a block that ends within `seconds`, or else with TimeoutError.

    Then the connection is cut: asyncpg would wait, without a deadline of its own, until a server
    that does not answer has confirmed that the statement is cancelled. So is one that asyncpg no
    longer knows the state of, and one to a server that is no primary any more: the pool gives none
    of these again, but connects anew.
    """
    async with asyncio.timeout(seconds):
        connection = await pool.acquire()
        try:
            yield connection
        except (TimeoutError, asyncio.CancelledError, asyncpg.InternalClientError):
            # asyncpg itself may have given up on it, and taken it back.
            with suppress(asyncpg.InterfaceError):
                connection.terminate()
            raise
        except asyncpg.ReadOnlySQLTransactionError:
            await pool.expire_connections()
            raise
        finally:
            await pool.release(connection)


@asynccontextmanager
async def transaction(pool: Pool, *, seconds: float, first: str = "") -> AsyncIterator[Connection]:
    """A transaction that ends within `seconds`, on both sides; `first` is its first statement.

    A server whose client fell silent, behind a router that forgot the connection, would keep the
    transaction's locks for hours, and every other worker would wait for them.
    """
    async with borrowed(pool, seconds=seconds) as connection:
        try:
            await connection.execute(_BEGIN.format(milliseconds=round(seconds * 1000), first=first))
            yield connection
        except TimeoutError:
            # The connection is cut, which ends it too.
            raise
        except Exception:
            await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")


def as_json(rows: Iterable[Struct]) -> str:
    """Rows for `json_to_recordset`, their texts without NUL and lone surrogates.

    Arrays would take longer than all else that a statement costs here: asyncpg asks of every
    element whether it is an array itself.
    """
    return _ENCODER.encode(list(rows)).decode()


async def _as_it_was(_connection: object) -> None:
    """Nobody changes a session but within a transaction: there is nothing to ask for."""


async def _close(pool: Pool) -> None:
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await pool.close()
    except TimeoutError:
        pool.terminate()
