"""registry-events config check."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import click
from pydantic import TypeAdapter, ValidationError

from console.commands.config.management import advice
from console.commands.config.on_the_wire import exposed
from console.commands.config.reachability import unreachable
from console.commands.settings import SettingsFault
from forward.destination import NEEDED
from ingest.certificate import certificate_of
from ingest.sources.faults import faults
from shared import logs
from shared.configuration import FILE_SUFFIX, SettingsError, load, variable
from shared.service import StartError
from shared.settings import Settings

_NEEDED: Final = {
    "all": ("amqp_url", "database_url", "tokens"),
    "forward": ("database_url", "forward"),
    "ingest": ("amqp_url", "tokens"),
    "worker": ("amqp_url", "database_url"),
}
_WITH_SOURCES: Final = ("all", "ingest")
_WITH_SINKS: Final = ("all", "forward")


@click.command()
@click.option("--connect", is_flag=True, help="Also try to reach the broker and the database.")
@click.option(
    "--only",
    "process",
    type=click.Choice(["forward", "ingest", "worker"]),
    help="What this process needs, instead of all.",
)
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def check(process: str | None, output: str, *, connect: bool) -> None:
    """List every fault of the settings at once; exit code 2 if there is one.

    Connections to other machines that are not safe from those between are warned of, and with
    --connect so are settings of the broker that may cost events, if it may ask the management API.
    """
    found, warned = _faults(process or "all", connect=connect), _warnings(connect=connect)
    if output == "json":
        click.echo(json.dumps({"faults": found, "warnings": warned}, indent=2))
        sys.exit(SettingsFault.exit_code if found else 0)
    for line in warned:
        click.echo(f"warning: {line}", err=True)
    if found:
        raise SettingsFault(found)
    click.echo("the settings are good")


def _faults(process: str, *, connect: bool) -> Sequence[str]:
    try:
        settings = load(_required(process))
    except SettingsError as error:
        return [*error.faults, *(_of_sources() if process in _WITH_SOURCES else ())]
    wrong = _of_ingest(settings) if process in _WITH_SOURCES else []
    if not connect:
        return wrong
    logs.configure(level="error", log_format=settings.log_format, service="config")
    return [*wrong, *asyncio.run(unreachable(settings))]


def _of_ingest(settings: Settings) -> Sequence[str]:
    try:
        certificate_of(settings)
    except StartError as error:
        return [*faults(settings), f"{variable('ingest_tls_cert')}: {error}"]
    return faults(settings)


def _warnings(*, connect: bool) -> Sequence[str]:
    with suppress(SettingsError):
        settings = load()
        asks = connect and settings.amqp_url and settings.management_url
        return [*exposed(settings), *(asyncio.run(advice(settings)) if asks else ())]
    return []


def _required(process: str) -> list[str]:
    without = _without_auth() or _has_sources()
    needed = [name for name in _NEEDED[process] if name != "tokens" or not without]
    return needed + (_of_sinks() if process in _WITH_SINKS else [])


def _of_sinks() -> list[str]:
    """The settings without which those that are named cannot be reached."""
    with suppress(SettingsError):
        return [NEEDED[sink] for sink in load().forward]
    return []


def _of_sources() -> Sequence[str]:
    """What is wrong with these beside all else, as far as it can be said."""
    with suppress(SettingsError):
        return faults(load())
    return []


def _has_sources() -> bool:
    name = variable("sources")
    return bool(os.environ.get(name) or os.environ.get(name + FILE_SUFFIX))


def _without_auth() -> bool:
    """Whether ingest may do without tokens; what is neither true nor false is another fault."""
    with suppress(ValidationError):
        said = os.environ.get(variable("insecure_no_auth")) or "false"
        return TypeAdapter(bool).validate_python(said)
    return False
