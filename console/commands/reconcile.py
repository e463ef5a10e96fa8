"""registry-events reconcile."""

import re
import sys
from typing import Any, Final

import click

from console.commands.dead_letters.options.values import FILLED
from console.commands.dead_letters.run import run, settings
from console.commands.geo.values import LOCATION
from console.commands.rate import rate
from console.database import database_errors
from console.errors import UnusableError
from console.reconciling import report
from console.reconciling.outcome import Outcome
from console.reconciling.reconcile import Reconcile, Wanted
from console.words.away import ANSWER
from geo.reconciling.pace import Pace
from geo.reconciling.walk import Walk
from geo.registry import trust
from geo.registry.client import Registry
from geo.registry.credentials import Credentials, CredentialsError
from geo.registry.location import Location
from geo.registry.trust import TrustError
from shared import sources
from shared.configuration import secret
from shared.database import new_pool
from shared.origin import DEFAULT_SOURCE, DISTRIBUTION
from shared.settings import Settings

_LEFT: Final = 1
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


def _duration(_ctx: click.Context, _option: click.Parameter, text: str) -> float:
    found = _DURATION.fullmatch(text)
    if not found:
        raise click.BadParameter("must be a duration, like 60s or 5m")
    return float(found[1]) * _SECONDS[found[2]]


@click.command()
@click.option(
    "--registry",
    "location",
    metavar="URL",
    required=True,
    type=LOCATION,
    help="https://HOST or https://HOST:PORT; http:// if that is spelled out.",
)
@click.option(
    "--source",
    type=FILLED,
    metavar="NAME",
    default=DEFAULT_SOURCE,
    show_default=True,
    help="The source that its events are recorded under.",
)
@click.option(
    "--repository",
    "globs",
    type=FILLED,
    metavar="GLOB",
    multiple=True,
    help="Only these, with * and ?; may be given several times.",
)
@click.option(
    "--dry-run", "is_dry_run", is_flag=True, help="Say what would be filled in, and write nothing."
)
@click.option(
    "--settle",
    metavar="DURATION",
    default="60s",
    show_default=True,
    callback=_duration,
    help="How long to wait before the second look.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 100),
    default=8,
    show_default=True,
    help="Requests at once.",
)
@click.option(
    "--rate",
    metavar="N/s",
    default="50/s",
    show_default=True,
    type=rate("requests"),
    help="Requests.",
)
@click.option("-o", "output", type=click.Choice(["text", "json"]), default="text")
def reconcile(
    *,
    location: Location,
    concurrency: int,
    rate: float,
    output: str,
    **asked: Any,  # noqa: ANN401  click's parameters
) -> None:
    """Compare a registry with what is recorded of it, and record what is missing.

    A registry loses the notifications that it has not sent yet when it restarts, and says nothing
    of what expires. What differs at two looks is published as events of its own kind, which workers
    record; running it twice, or in two places, counts nothing twice.

    Exit codes: 0 nothing differs, or all of it was filled in; 1 something is left, or could not be
    looked at; 2 wrong usage or settings; 5 broker or database not reached.
    """
    loaded = settings("database_url")
    software = _software(loaded, asked["source"])
    wanted = Wanted(registry=str(location.url), software=software, **asked)
    outcome = run(_reconcile(loaded, location, wanted, Pace(concurrency, rate)))
    if output == "json":
        click.echo(report.to_json(outcome))
    else:
        for line in report.to_lines(outcome):
            click.echo(line)
    sys.exit(0 if outcome.is_done else _LEFT)


def _software(loaded: Settings, source: str) -> str:
    """By the settings' list of sources, as far as it stands here: it may be ingest's alone."""
    if not sources.is_name(source):
        raise click.BadParameter(f"must be {sources.NAME}", param_hint="--source")
    known = {one.name: one.registry for one in loaded.sources}
    if known and source != DEFAULT_SOURCE and source not in known:
        raise click.BadParameter(
            f"REGISTRY_EVENTS_SOURCES has {', '.join(known)}", param_hint="--source"
        )
    return known.get(source, DISTRIBUTION)


def _registry(loaded: Settings, location: Location) -> Registry:
    """Raises UnusableError."""
    try:
        credentials = Credentials.read(loaded.registry_auth_file)
        tls = trust.context(loaded.registry_ca_file)
    except (CredentialsError, TrustError) as error:
        raise UnusableError(str(error)) from None
    return Registry(location, credentials=credentials, tls=tls)


async def _reconcile(loaded: Settings, location: Location, wanted: Wanted, pace: Pace) -> Outcome:
    url = secret(loaded.database_url)
    with database_errors(url):
        async with (
            new_pool(
                loaded, url=url, application="registry-events reconcile", connect=ANSWER
            ) as pool,
            _registry(loaded, location) as registry,
        ):
            walk = Walk(registry, pace)
            return await Reconcile(wanted, walk, pool, loaded).run()
