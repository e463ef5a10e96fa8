"""The life of a long-running process: it listens, works, and stops when it is told to."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from aiohttp import web

from shared import open_files, straight
from shared.logs import get_logger
from shared.slow_heads import HeadDeadline

# Registries close the connection after each POST; proxies keep theirs about a minute.
_KEEPALIVE: Final = 75.0
_HEAD_SECONDS: Final = 10.0
# What is left of a body that was refused is read, and dropped, for this long.
_LINGER: Final = 0.25
# Many connections at once shall not make an honest one wait for a second attempt.
_BACKLOG: Final = 4096


class StartError(Exception):
    """The process cannot start; the text is for its operator."""


def stop_signal() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def listening(
    app: web.Application,
    listen: str,
    *,
    drain_timeout: float = 5.0,
    reuse_port: bool = False,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """Serve `app` on HOST:PORT, with `tls` by https alone; gives the address with the bound port.

    With `reuse_port`, other processes that say so too may listen there. On leaving, no new
    connection is taken and requests in hand get `drain_timeout` seconds.
    Raises StartError if the address cannot be had.
    """
    host, _, port = listen.rpartition(":")
    open_files.allow_all()
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=_KEEPALIVE,
        # The system's own would come hours later, for a call to it with each connection.
        tcp_keepalive=False,
        lingering_time=_LINGER,
        shutdown_timeout=drain_timeout,
    )
    await runner.setup()
    server = cast("web.Server", runner.server)
    straight.lead_straight(server, app.get(straight.HANDLERS, {}))
    heads = HeadDeadline(server, _HEAD_SECONDS)
    try:
        await _bind(runner, host.strip("[]"), int(port), reuse_port=reuse_port, tls=tls)
        bound = runner.addresses[0]
        address = f"{bound[0]}:{bound[1]}"
        get_logger().info("service.listening", address=address, scheme="https" if tls else "http")
        async with heads.watching():
            yield address
    finally:
        await runner.cleanup()


async def _bind(
    runner: web.AppRunner, host: str, port: int, *, reuse_port: bool, tls: ssl.SSLContext | None
) -> None:
    site = web.TCPSite(runner, host, port, backlog=_BACKLOG, reuse_port=reuse_port, ssl_context=tls)
    try:
        await site.start()
    except OSError as error:
        raise StartError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    except UnicodeError:
        raise StartError(f"cannot listen on {host}:{port}: this is no host's name") from None


@asynccontextmanager
async def background(
    stop: asyncio.Event, *coroutines: Coroutine[Any, Any, None]
) -> AsyncIterator[None]:
    """Run `coroutines` for as long as the block runs.

    One that ends by itself sets `stop`; its error is raised when the block is left.
    """
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    for task in tasks:
        task.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        ended = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()
