"""Options that say which dead letters, and how they are shown."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

import click

from console.commands.dead_letters.options.values import ATTEMPTS, FILLED, MOMENT
from console.dead_letters.selection import Selection
from console.words.moments import Clock
from shared.amqp.dead_letter import Reason

Function = Callable[..., Any]


def with_options(options: Iterable[Callable[[Function], Function]], function: Function) -> Function:
    """As decorators over each other, in the order of the help."""
    for option in reversed(list(options)):
        function = option(function)
    return function


_SELECTORS: Final = (
    click.option(
        "--id",
        multiple=True,
        type=FILLED,
        help="Event id, or message id or its first 8 characters.",
    ),
    click.option(
        "--group", multiple=True, type=FILLED, metavar="HASH", help="As summary shows it."
    ),
    click.option("--reason", multiple=True, type=click.Choice([one.value for one in Reason])),
    click.option(
        "--error", multiple=True, type=FILLED, metavar="GLOB", help="Against 'Type: message'."
    ),
    click.option("--repository", multiple=True, type=FILLED, metavar="GLOB"),
    click.option(
        "--source",
        multiple=True,
        type=FILLED,
        metavar="NAME",
        help="The configured registry that it came from.",
    ),
    click.option("--action", multiple=True, type=FILLED, help="The registry's verb: push, delete."),
    click.option("--since", type=MOMENT, help="Died since: 10m, 3h, 2d ago, or ISO 8601."),
    click.option("--until", type=MOMENT, help="Died until then."),
    click.option("--attempts", type=ATTEMPTS, metavar="'>=3'", help="Tries to record it."),
    click.option("--all", is_flag=True, help="Everything."),
)
_NAMES: Final = (
    "id", "group", "reason", "error", "repository", "source", "action", "since", "until",
    "attempts", "all",
)  # fmt: skip


def selectors(*, limit: int | None = None, limited: bool = True) -> Callable[[Function], Function]:
    """Give the command a `selection`, with `limit` by default; not `limited`, with none."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def command(**given: Any) -> Any:  # noqa: ANN401  click's parameters
            names = {name: given.pop(name) for name in _NAMES}
            if names["all"] and any(names[name] for name in _NAMES if name != "all"):
                raise click.UsageError("--all goes with no other selector but --limit")
            names["limit"] = given.pop("limit", None)
            return function(selection=Selection(**names), **given)

        bound = click.option(
            "--limit",
            type=click.IntRange(min=1),
            default=limit,
            show_default=limit is not None,
            help="At most so many, the oldest first.",
        )
        return with_options((*_SELECTORS, bound) if limited else _SELECTORS, command)

    return decorate


def output(*kinds: str) -> Callable[[Function], Function]:
    wide = "text fits the terminal, or COLUMNS; wide is uncut, as text is in a pipe."
    return click.option(
        "-o",
        "--output",
        type=click.Choice(kinds),
        default=kinds[0],
        show_default=True,
        help=wide if "wide" in kinds else None,
    )


def clock(function: Function) -> Function:
    """Give the command a `clock`."""

    @wraps(function)
    def command(*, local: bool, **given: Any) -> Any:  # noqa: ANN401  click's parameters
        return function(clock=Clock.of(local=local), **given)

    return LOCAL(command)


LOCAL: Final = click.option(
    "--local", is_flag=True, help="Moments in the time zone of this machine, or of TZ, not in UTC."
)
