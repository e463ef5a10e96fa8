"""The option that names the log's service, for a site that does not reach the database."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from yarl import URL

from geo.following.address import AddressError, address

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _parsed(_ctx: click.Context, _option: click.Parameter, text: str | None) -> URL | None:
    try:
        return None if text is None else address(text)
    except AddressError as error:
        raise click.BadParameter(str(error)) from None


def log_service(option: str, name: str) -> Callable[[_Command], _Command]:
    """The option, whose value is None without it, under that name of a parameter."""
    return click.option(
        option,
        name,
        metavar="URL",
        callback=_parsed,
        help="Ask the service there for the log, instead of the database; needs "
        "REGISTRY_EVENTS_GEO_TOKEN.",
    )


def needed(site: str | None, url: URL | None, option: str) -> str:
    """The setting that leads to the log; `option` is what `log_service` was given.

    Raises UsageError unless one of both is named.
    """
    if (site is None) is (url is None):
        raise click.UsageError(
            f"--site at the database, or {option}: the token says which site it is"
        )
    return "geo_token" if url else "database_url"
