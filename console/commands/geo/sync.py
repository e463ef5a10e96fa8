"""registry-events geo sync."""

import json
from typing import Any

import click
import uvloop

from console.commands.geo.sync_progress import shown
from console.commands.geo.values import LOCATION, SHARE
from console.commands.settings import load_or_exit
from console.supervision.service import serve
from console.words import away
from console.words.spoken import count
from geo.copying.deletions import Rule
from geo.following.journal import JournalError
from geo.registry.location import Location
from geo.syncing import app
from geo.syncing.order import Order
from geo.syncing.report import Show
from geo.syncing.tally import Tally
from geo.syncing.wanted import Wanted
from shared import service_logs
from shared.origin import DEFAULT_SOURCE
from shared.service import StartError
from shared.settings import Settings


@click.command()
@click.option("--site", required=True, metavar="NAME", help="Whose place in the log it is.")
@click.option("--primary", required=True, type=LOCATION, metavar="URL", help="What is copied from.")
@click.option("--secondary", required=True, type=LOCATION, metavar="URL", help="What is copied to.")
@click.option(
    "--source",
    default=DEFAULT_SOURCE,
    show_default=True,
    metavar="NAME",
    help="What the primary is called among the sources.",
)
@click.option(
    "--repository",
    "globs",
    multiple=True,
    metavar="GLOB",
    help="Only these, with * and ?; may be given several times.",
)
@click.option("--delete", is_flag=True, help="Delete tags that the primary has no more.")
@click.option(
    "--max-delete",
    "share",
    type=SHARE,
    default="20%",
    show_default=True,
    metavar="SHARE",
    help="If more of a repository's tags would go, none goes.",
)
@click.option("--yes", is_flag=True, help="Whatever share of them that is.")
@click.option("--full", is_flag=True, help="Look at every repository once, changed or not.")
@click.option("--once", is_flag=True, help="End when nothing is due.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Repositories, and blobs, at a time.",
)
@click.option("--listen", metavar="HOST:PORT", help="Its health port, without --once.")
@click.option("-o", "output", type=click.Choice(["text", "json"]), default="text")
def sync(*, once: bool, output: str, listen: str | None, **asked: Any) -> None:  # noqa: ANN401  click's parameters
    """Make the repositories of a secondary registry equal to those of its primary.

    Of those that the geo log names, by what both registries have now: tags, and all that these lead
    to. A new site begins with every repository. One that fails is tried again, after 5 seconds and
    then ever later, up to an hour; geo sites says why.

    Exit codes with --once: 0 all is equal, 1 some repositories are not, 2 wrong usage or settings.
    """
    settings = load_or_exit(("database_url",), geo_sync_listen=listen)
    order = _order(**asked)
    with shown() as show:
        if not once:
            serve(app.run(settings, order, show), settings, service="geo-sync")
            return
        tally = _once(settings, order, show)
    click.echo(_document(tally) if output == "json" else _sentences(tally))
    if tally.failing:
        raise SystemExit(1)


def _order(  # noqa: PLR0913  one for each option
    *,
    site: str,
    primary: Location,
    secondary: Location,
    source: str,
    globs: tuple[str, ...],
    delete: bool,
    share: float,
    yes: bool,
    full: bool,
    concurrency: int,
) -> Order:
    if primary == secondary:
        raise click.UsageError("--primary and --secondary are the same registry")
    rule = Rule(wanted=delete, share=share, unlimited=yes)
    return Order(site, primary, secondary, Wanted(source, globs), rule, concurrency, full)


def _once(settings: Settings, order: Order, show: Show) -> Tally:
    service_logs.configure(
        level=settings.log_level, log_format=settings.log_format, service="geo-sync"
    )
    try:
        return uvloop.run(app.run_once(settings, order, show, connect=away.ANSWER))
    except (StartError, app.StoppedError, JournalError) as error:
        raise click.ClickException(f"not all was looked at: {error}") from None


def _document(tally: Tally) -> str:
    failing = [
        {"repository": path, "cause": cause} for path, cause in sorted(tally.failing.items())
    ]
    return json.dumps({"equal": tally.equal, "failing": failing})


def _sentences(tally: Tally) -> str:
    lines = [f"{count(tally.equal, 'repository is', 'repositories are')} equal"]
    lines += [f"{path}: {cause}" for path, cause in sorted(tally.failing.items())]
    return "\n".join(lines)
