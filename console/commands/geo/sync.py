"""registry-events geo sync."""

from typing import Any

import click
from yarl import URL

from console.commands.geo.log_service import log_service, needed
from console.commands.geo.site_name import SITE
from console.commands.geo.sync_once import synced, tell
from console.commands.geo.sync_progress import shown
from console.commands.geo.values import LOCATION, SHARE
from console.commands.settings import load_or_exit
from console.supervision.service import serve
from geo.copying.deletions import Rule
from geo.registry.location import Location
from geo.syncing import app
from geo.syncing.order import Order
from geo.syncing.wanted import Wanted
from shared.origin import DEFAULT_SOURCE


@click.command()
@SITE
@log_service("--log", "log")
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
    default=16,
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

    Exit codes with --once: 0 all is equal, 1 some repositories are not, 2 wrong usage or settings,
    5 database or log not reached.
    """
    order = _order(**asked)
    required = needed(order.site, order.log, "--log")
    settings = load_or_exit((required,), geo_sync_listen=listen)
    with shown() as show:
        if not once:
            serve(app.run(settings, order, show), settings, service="geo-sync")
            return
        tally = synced(settings, order, show)
    tell(tally, as_json=output == "json")


def _order(  # noqa: PLR0913  one for each option
    *,
    site: str | None,
    log: URL | None,
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
    return Order(site, log, primary, secondary, Wanted(source, globs), rule, concurrency, full)
