"""Errors of the broker and of the way to it, said in one line."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiormq.exceptions import AMQPError, InvalidFrameError

from shared import faults

T = TypeVar("T")


class BrokerAwayError(Exception):
    """The broker cannot be reached, or went away."""


def describe(error: BaseException | None, *, seconds: float | None = None) -> str:
    """One line of an error of the broker or the network, safe to print and without secrets.

    `seconds` is the deadline that a TimeoutError missed.
    """
    if isinstance(error, InvalidFrameError) and "Connection.Close " in str(error):
        # All that aiormq makes of the broker's refusal.
        return "the broker refused the virtual host: it is not there, or this user may not use it"
    return faults.in_words(error, seconds=seconds) if error else "connection closed"


def ended_by(closing: "asyncio.Future[object]") -> BaseException | None:
    """The error that a channel or connection of aiormq's was closed with."""
    return None if closing.cancelled() else closing.exception()


async def broker_errors(step: Awaitable[T], timeout: float) -> T:  # noqa: ASYNC109  one deadline for both steps
    """Await `step`; a failure of the broker or the network becomes BrokerAwayError."""
    try:
        async with asyncio.timeout(timeout):
            return await step
    except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
        raise BrokerAwayError(describe(error, seconds=timeout)) from error
    except asyncio.CancelledError:
        raise_if_cancelled()
        raise BrokerAwayError("connection lost") from None


def raise_if_cancelled() -> None:
    """Call it in `except CancelledError`: re-raises only a real cancellation of this task.

    aiormq cancels what waits on a connection that it loses; that is a failure, not a wish.
    """
    task = asyncio.current_task()
    if task and task.cancelling():
        raise  # noqa: PLE0704  the CancelledError that the caller handles
