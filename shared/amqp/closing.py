"""The end of an AMQP connection, which has a deadline also when nobody reads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

from aiormq.exceptions import AMQPError

from shared.amqp.errors import BrokerAwayError, raise_if_cancelled

_CLOSE_TIMEOUT: Final = 2.0


class Closable(Protocol):
    """Any of aio-pika's and aiormq's connections."""

    def close(self) -> Awaitable[object]: ...


@asynccontextmanager
async def closing(connection: Closable, cut: Callable[[], None]) -> AsyncIterator[None]:
    """Close `connection` after the block; without a word if its broker is away.

    aiormq closes a socket only when all that is buffered for it is sent: with a peer that is gone
    without a word that takes the kernel a quarter of an hour. So it is cut.
    """
    try:
        yield
    except BrokerAwayError:
        cut()
        raise
    finally:
        cutting = asyncio.get_running_loop().call_later(_CLOSE_TIMEOUT, cut)
        try:
            # What was on its way is unconfirmed or unacknowledged, and will be sent again.
            with suppress(AMQPError, OSError, RuntimeError):
                await connection.close()
        except asyncio.CancelledError:
            raise_if_cancelled()
        finally:
            cutting.cancel()
            cut()
