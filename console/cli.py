"""The one command. A subcommand's module is imported when it is used, not before."""

from importlib import import_module
from pathlib import Path
from typing import Final

import click
from dotenv import load_dotenv

COMMANDS: Final = {
    "completion": "console.commands.completion:completion",
    "config": "console.commands.config:config",
    "console": "console.commands.console:console",
    "dead-letters": "console.commands.dead_letters:dead_letters",
    "ingest": "console.commands.ingest:ingest",
    "migrate": "console.commands.migrate:migrate",
    "status": "console.commands.status:status",
    "up": "console.local.up:up",
    "worker": "console.commands.worker:worker",
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's interface
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
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
        try:
            # As systemd reads it: a dollar sign in a password is a dollar sign.
            load_dotenv(env_file, override=False, interpolate=False)
        except ValueError as error:
            raise click.UsageError(f"--env-file {env_file} is no text: {error}") from None
