"""A service tells systemd how it is: ready, what it waits for, and that it goes on."""

import asyncio
import faulthandler
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from shared.logs import get_logger
from shared.notify_socket import NotifySocket

# Seconds between two looks, before it is ready and after.
_EARLY: Final = 0.25
_LATER: Final = 10.0
# Of the time within which systemd wants to hear of us: one look may take its time.
_OFTEN: Final = 4


class State(NamedTuple):
    """`missing` is as /health/ready has it.

    `still` is for how many seconds there has been work of which nothing came, while nothing is
    missing that would say why.
    """

    missing: Mapping[str, str] = {}
    still: float = 0.0


Look = Callable[[], Awaitable[State]]


async def always_ready() -> State:
    """Of a service that serves whatever is away."""
    return State()


def report(stop: asyncio.Event, look: Look) -> Coroutine[Any, Any, None]:
    """What tells systemd of it, if that listens, until it is cancelled: run it beside the service.

    A service that stands still is not said to go on, and is restarted; one whose broker or
    database is away goes on, for as long as that takes.
    """
    # Now: from here on a child that is started does not find it.
    return _report(NotifySocket.taken(os.environ), stop, look)


async def _report(notify: NotifySocket | None, stop: asyncio.Event, look: Look) -> None:
    if notify:
        if notify.watchdog:
            # Where it stood when systemd ends it, by SIGABRT.
            faulthandler.enable()
        try:
            await _until(stop, notify, look)
        finally:
            notify.tell(STOPPING="1", STATUS="stopping")
    # It says nothing of when the service ends.
    await asyncio.Event().wait()


async def _until(stop: asyncio.Event, notify: NotifySocket, look: Look) -> None:
    later = min(_LATER, notify.watchdog / _OFTEN) if notify.watchdog else _LATER
    is_ready, status = False, ""
    while not stop.is_set():
        state = await look()
        # Until it is ready systemd lets it take its time.
        is_stuck = is_ready and 0 < notify.watchdog <= state.still
        said = {} if is_ready or state.missing else {"READY": "1"}
        if (now := _status(state, is_stuck=is_stuck)) != status:
            said["STATUS"] = now
            if is_stuck:
                get_logger().error("service.stuck", seconds=round(state.still), status=now)
        if notify.watchdog and not is_stuck:
            said["WATCHDOG"] = "1"
        if not said or notify.tell(**said):
            is_ready, status = is_ready or not state.missing, now
        with suppress(TimeoutError):
            async with asyncio.timeout(later if is_ready else _EARLY):
                await stop.wait()


def _status(state: State, *, is_stuck: bool) -> str:
    missing = "; ".join(f"{part}: {why}" for part, why in state.missing.items())
    if is_stuck:
        return f"stuck: {missing or 'there is work and nothing comes of it'}"
    return f"waits: {missing}" if missing else "ready"
