"""Running a service as a command."""

import gc
from collections.abc import Coroutine
from typing import Any, Final

import click
import uvloop

from shared import service_logs
from shared.amqp.topology import TopologyConflictError
from shared.service import StartError
from shared.settings import Settings

# Objects until a collection. What is in hand alone has more than the usual 700, and next to nothing
# in it is garbage: looking for that cost a tenth of a notification on a new connection.
_YOUNG: Final = 5_000


def serve(process: Coroutine[Any, Any, None], settings: Settings, *, service: str) -> None:
    """Run a service until it is stopped; why it cannot start is one line, exit code 1."""
    service_logs.configure(
        level=settings.log_level, log_format=settings.log_format, service=service
    )
    # All that is loaded stays, and a collection that goes through it lets nobody else run: 40 ms.
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    try:
        uvloop.run(process)
    except (StartError, TopologyConflictError) as error:
        raise click.ClickException(str(error)) from None
