"""Options that say which recorded events."""

from functools import wraps
from typing import Any, Final

import click

from console.commands.dead_letters.options.selection import Function, with_options
from console.commands.dead_letters.options.values import FILLED, MOMENT
from console.events.wanted import ACTIONS, Wanted

_SELECTORS: Final = (
    click.option("--repository", metavar="GLOB", help="* is any text, ? any sign."),
    click.option("--tag", type=FILLED, help="Exactly this one."),
    click.option("--digest", type=FILLED, help="Whole, as sha256:..."),
    click.option("--actor", type=FILLED, help="Who did it, as the registry says."),
    click.option("--action", type=click.Choice(ACTIONS), metavar="ACTION",
                 help=f"{', '.join(ACTIONS)}."),
    click.option("--source", metavar="NAME",
                 help="The configured registry that it came from."),
    click.option("--since", type=MOMENT, help="Happened since: 10m, 3h, 2d ago, or ISO 8601."),
    click.option("--until", type=MOMENT, help="Happened before then."),
)  # fmt: skip
_NAMES: Final = ("repository", "tag", "digest", "actor", "action", "source", "since", "until")


def selects(function: Function) -> Function:
    """Give the command what is `wanted`."""

    @wraps(function)
    def command(**given: Any) -> Any:  # noqa: ANN401  click's parameters
        names = {name: value for name in _NAMES if (value := given.pop(name)) is not None}
        return function(wanted=Wanted(**names), **given)

    return with_options(_SELECTORS, command)
