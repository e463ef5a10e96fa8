"""registry-events config: what the settings are, and whether they can be used."""

import asyncio
import os

import click

from console.processes import SettingsFault, load_or_exit
from console.reachability import unreachable
from console.setting_table import rows
from shared.configuration import variable


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@click.option("--connect", is_flag=True, help="Also try to reach the broker and the database.")
def check(*, connect: bool) -> None:
    """List every fault of the settings at once; exit code 2 if there is one."""
    settings = load_or_exit(_required())
    if connect and (faults := asyncio.run(unreachable(settings))):
        raise SettingsFault(faults)
    click.echo("the settings are good")


def _required() -> tuple[str, ...]:
    without_auth = os.environ.get(variable("insecure_no_auth"))
    return ("amqp_url", "database_url", *(() if without_auth else ("tokens",)))


@config.command()
def show() -> None:
    """Print every setting with its value; secrets are masked."""
    for name, value, _ in rows(load_or_exit()):
        click.echo(f"{name}={value}")
