"""How fast and how carefully to requeue."""

from dataclasses import fields
from functools import wraps
from typing import Any, Final

import click

from console.commands.dead_letters.options.selection import Function, with_options
from console.commands.rate import rate
from console.dead_letters.operations.requeue import Pace

_PACING: Final = (
    click.option("--rate", metavar="N/s", type=rate("events"), help="At most so many a second."),
    click.option("--canary", type=click.IntRange(0, 100), default=0, help="Send so many ahead."),
    click.option(
        "--canary-timeout",
        type=click.FloatRange(min=0.1),
        default=60.0,
        show_default=True,
        help="Seconds until they must be recorded; needs DATABASE_URL.",
    ),
    click.option(
        "--max-requeues",
        type=click.IntRange(min=1),
        default=3,
        show_default=True,
        help="Leave alone what was requeued so often already.",
    ),
)


def paces(function: Function) -> Function:
    """Give the command a `pace`."""

    @wraps(function)
    def command(**given: Any) -> Any:  # noqa: ANN401  click's parameters
        pace = Pace(**{field.name: given.pop(field.name) for field in fields(Pace)})
        return function(pace=pace, **given)

    return with_options(_PACING, command)
