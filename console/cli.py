"""The one command. A subcommand's module is imported when it is used, not before."""

from pathlib import Path
from typing import Final

import click

from console.lazy_group import LazyGroup

_PLACES: Final = {
    "completion": (
        "console.commands.completion:completion",
        "Print a script for a shell, which then completes commands and options.",
    ),
    "config": ("console.commands.config:config", "Look at the settings."),
    "console": (
        "console.commands.console:console",
        "Serve the web page: is it working, recent events, dead letters.",
    ),
    "dead-letters": (
        "console.commands.dead_letters:dead_letters",
        "Look at events that could not be recorded, and deal with them.",
    ),
    "events": (
        "console.commands.events:events",
        "Find and show the events that are recorded; needs DATABASE_URL.",
    ),
    "explain": (
        "console.commands.explain:explain",
        "Say what a request of a registry would become, without sending it anywhere.",
    ),
    "exporter": (
        "console.commands.exporter:exporter",
        "Show Prometheus what only the broker or the database knows: queues, sites, schema.",
    ),
    "forward": (
        "console.commands.forward:forward",
        "Send tracking events to where analytics live: Snowplow, or any URL as CloudEvents.",
    ),
    "geo": (
        "console.commands.geo:geo",
        "Let sites follow what changes, and make registries equal.",
    ),
    "ingest": (
        "console.commands.ingest:ingest",
        "Accept notifications and publish their events to RabbitMQ.",
    ),
    "maintain": (
        "console.commands.maintain:maintain",
        "Make partitions ahead, and drop what is older than the retention settings allow.",
    ),
    "migrate": (
        "console.commands.migrate:migrate",
        "Bring the database's schema up to date; safe to run from many places at once.",
    ),
    "pulls": (
        "console.commands.pulls:pulls",
        "Is anybody still using it? Pulls of repositories or tags, and when the last one was.",
    ),
    "reconcile": (
        "console.commands.reconcile:reconcile",
        "Compare a registry with what is recorded of it, and record what is missing.",
    ),
    "replay": (
        "console.commands.replay:replay",
        "Record kept events again: a database that was lost or restored, a rule that was mended.",
    ),
    "report": (
        "console.commands.report:report",
        "Count pushes, deletes and creations of each day and repository; days are in UTC.",
    ),
    "shards": (
        "console.commands.shards:shards",
        "Spread repositories over REGISTRY_EVENTS_SHARDS queues, while events come and go.",
    ),
    "status": (
        "console.commands.status:status",
        "Is it working? The state of the broker, the queues, the workers and the database.",
    ),
    "up": (
        "console.commands.up:up",
        "Run the whole system on this machine, with events arriving.",
    ),
    "worker": (
        "console.commands.worker:worker",
        "Record events from the queue in Postgres; start as many as you like.",
    ),
}


@click.group(
    cls=LazyGroup, places=_PLACES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="registry-events", message="%(prog)s %(version)s")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read settings from this file too; the environment wins.",
)
def main(env_file: Path | None) -> None:
    """Container registry notifications into tracking events and geo events.

    Exit codes: 0 done, 1 failed, 2 wrong usage or settings.
    """
    if env_file:
        from dotenv import load_dotenv  # noqa: PLC0415  few have a file, all would wait for it

        try:
            # As systemd reads it: a dollar sign in a password is a dollar sign.
            load_dotenv(env_file, override=False, interpolate=False)
        except ValueError as error:
            raise click.UsageError(f"--env-file {env_file} is no text: {error}") from None
