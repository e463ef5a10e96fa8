"""registry-events config: what the settings are, and whether they can be used."""

import asyncio

import click

from console.processes import SettingsFault, load_or_exit
from console.reachability import unreachable
from console.setting_table import rows
from shared.configuration import SettingsError, load


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@click.option("--connect", is_flag=True, help="Also try to reach the broker and the database.")
def check(*, connect: bool) -> None:
    """List every fault of the settings at once; exit code 2 if there is one."""
    try:
        settings = load(("amqp_url", "database_url"))
    except SettingsError as error:
        raise SettingsFault(error.faults) from None
    if not settings.tokens and not settings.insecure_no_auth:
        raise SettingsFault(["REGISTRY_EVENTS_TOKENS: is not set, so ingest will not start"])
    if connect and (faults := asyncio.run(unreachable(settings))):
        raise SettingsFault(faults)
    click.echo("the settings are good")


@config.command()
def show() -> None:
    """Print every setting with its value; secrets are masked."""
    for name, value, _ in rows(load_or_exit()):
        click.echo(f"{name}={value}")
