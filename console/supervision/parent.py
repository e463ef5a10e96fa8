"""The parent of several processes of one service: starts them, and ends with all of them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.supervision.address import reserved
from console.supervision.assignment import GRACE, Assignment
from console.supervision.place import Place
from shared.reporting import report
from shared.service import StartError, background, stop_signal
from shared.settings import Settings
from shared.siblings import Siblings
from shared.whole_health import Whole

Process = Coroutine[Any, Any, None]


def one_or_more(
    service: str, run_one: Callable[[Settings], Process], settings: Settings, *, drain: float
) -> Process:
    """What runs `service`: in this process, or in as many others as the settings say."""
    count = getattr(settings, f"{service}_processes")
    if count == 1:
        return run_one(settings)
    return run(service, settings, count=count, drain=drain)


async def run(service: str, settings: Settings, *, count: int, drain: float) -> None:
    """`count` processes of `service` until SIGTERM or SIGINT; each then has `drain` seconds.

    Raises StartError: why one of them cannot start, or how one ended that did not end well.
    """
    stop, field = stop_signal(), f"{service}_listen"
    with reserved(getattr(settings, field)) as address, _private_directory() as directory:
        told = settings.model_copy(update={field: address})
        places = [
            Place(Assignment(service, told, Siblings(number, count, directory), drain + GRACE))
            for number in range(1, count + 1)
        ]
        whole = Whole(Siblings(0, count, directory))
        async with background(stop, report(stop, whole.look)):
            faults = await asyncio.gather(*(place.keep(stop) for place in places))
    for fault in filter(None, faults):
        raise StartError(fault)


@contextmanager
def _private_directory() -> Iterator[Path]:
    try:
        directory = TemporaryDirectory(prefix="registry-events-")
    except OSError as error:
        raise StartError(f"no directory for the processes' sockets: {error}") from error
    with directory as name:
        yield Path(name)
