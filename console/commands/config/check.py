"""registry-events config check."""

import asyncio
import os
from contextlib import suppress
from typing import Final

import click
from pydantic import TypeAdapter, ValidationError

from console.processes import SettingsFault, load_or_exit
from console.reachability import unreachable
from shared.configuration import variable

_NEEDED: Final = {
    "all": ("amqp_url", "database_url", "tokens"),
    "ingest": ("amqp_url", "tokens"),
    "worker": ("amqp_url", "database_url"),
}


@click.command()
@click.option("--connect", is_flag=True, help="Also try to reach the broker and the database.")
@click.option(
    "--only",
    "process",
    type=click.Choice(["ingest", "worker"]),
    help="What this process needs, instead of both.",
)
def check(process: str | None, *, connect: bool) -> None:
    """List every fault of the settings at once; exit code 2 if there is one."""
    settings = load_or_exit(_required(process or "all"))
    if connect and (faults := asyncio.run(unreachable(settings))):
        raise SettingsFault(faults)
    click.echo("the settings are good")


def _required(process: str) -> list[str]:
    return [name for name in _NEEDED[process] if name != "tokens" or not _without_auth()]


def _without_auth() -> bool:
    """Whether ingest may do without tokens; what is neither true nor false is another fault."""
    with suppress(ValidationError):
        said = os.environ.get(variable("insecure_no_auth")) or "false"
        return TypeAdapter(bool).validate_python(said)
    return False
