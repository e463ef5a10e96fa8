"""registry-events geo follow."""

import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import click
from yarl import URL

from console.commands.dead_letters.options.values import FILLED
from console.commands.geo.journal import journal, journal_at
from console.commands.geo.log_service import log_service, needed
from console.commands.geo.site_name import SITE
from console.commands.settings import load_or_exit
from console.supervision.service import serve
from geo.following import app
from geo.following.command import Command
from geo.following.follower import Follower
from geo.following.journal import FinalError, ForgottenError, Journal
from geo.following.lines import Lines
from geo.registry.trust import TrustError
from shared.settings import Settings
from shared.text import printable


def _program(
    _ctx: click.Context, _option: click.Parameter, text: str | None
) -> Sequence[str] | None:
    if text is None:
        return None
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise click.BadParameter(f"cannot be split into words: {error}") from None
    if not words or not shutil.which(words[0]):
        raise click.BadParameter("there is no such program")
    return words


class _Asked(NamedTuple):
    site: str | None
    url: URL | None
    from_now: bool
    source: str | None
    batch: int
    once: bool
    program: Sequence[str] | None


@click.command()
@SITE
@log_service("--from", "url")
@click.option("--from-now", is_flag=True, help="A site that is new begins at the end of the log.")
@click.option("--source", type=FILLED, metavar="NAME", help="Only changes of this registry.")
@click.option(
    "--batch", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Read at once."
)
@click.option("--once", is_flag=True, help="Only up to the end of the log.")
@click.option(
    "--exec",
    "program",
    metavar="COMMAND",
    callback=_program,
    help="Run it for each change, without a shell; exit code 0: the change is done with.",
)
def follow(**given: Any) -> None:  # noqa: ANN401  click's parameters
    """Hand a site's changes on, in order, as JSON lines or to a command.

    The site's cursor moves after a change is done with: when its line is written, or when COMMAND,
    which has the line on its standard input, ends with 0; if it ends otherwise it is run again,
    later and later, and no other change before. What was in hand at a cut comes again. A site
    that is new begins with all that the log has.
    """
    asked = _Asked(**given)
    required = needed(asked.site, asked.url, "--from")
    if asked.url and asked.from_now:
        raise click.UsageError("where the site begins is said by `geo sites add`")
    settings = load_or_exit((required,))
    try:
        serve(_follow(settings, asked), settings, service="geo follow")
    except FinalError as error:
        raise click.ClickException(_told(asked.site, error)) from None
    except TrustError as error:
        raise click.ClickException(str(error)) from None


def _journal(settings: Settings, asked: _Asked) -> AbstractAsyncContextManager[Journal]:
    if asked.url:
        return journal_at(settings, asked.url)
    return journal(settings, asked.site or "", from_now=asked.from_now)


async def _follow(settings: Settings, asked: _Asked) -> None:
    receiver = Command(asked.program) if asked.program else Lines(sys.stdout.fileno())
    async with _journal(settings, asked) as followed:
        follower = Follower(followed, receiver, batch=asked.batch, source=asked.source)
        await app.run(follower, once=asked.once)


def _told(site: str | None, error: FinalError) -> str:
    why = f"{f'site {site}' if site else 'the site'} cannot go on: {printable(str(error))}"
    if not isinstance(error, ForgottenError):
        return why
    if not site:
        return (
            f"{why}. Look at all that the site is to have, after `registry-events geo sites "
            "remove` and `registry-events geo sites add --from-now` at the primary"
        )
    again = f"geo follow --site {site} --from-now"
    return (
        f"{why}. Look at all that the site is to have, after `registry-events geo sites remove "
        f"{site}` and `registry-events {again}`"
    )
