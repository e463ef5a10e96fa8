"""What every subcommand that talks to the broker or the database does alike."""

from collections.abc import Coroutine, Sequence
from typing import Any, NoReturn

import click
import uvloop

from shared import logs
from shared.amqp.topology import TopologyConflictError
from shared.configuration import SettingsError, load
from shared.service import StartError
from shared.settings import Settings


class SettingsFault(click.ClickException):
    """Settings that cannot be used, one fault a line."""

    exit_code = 2

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n  ".join(["the settings cannot be used:", *faults]))


def load_or_exit(required: Sequence[str] = (), **overrides: object) -> Settings:
    """The settings; on faults, all of them are printed and the exit code is 2."""
    try:
        return load(required, **overrides)
    except SettingsError as error:
        raise SettingsFault(error.faults) from None


def serve(process: Coroutine[Any, Any, None], settings: Settings, *, service: str) -> None:
    """Run a service until it is stopped; why it cannot start is one line, exit code 1."""
    logs.configure(level=settings.log_level, log_format=settings.log_format, service=service)
    try:
        uvloop.run(process)
    except (StartError, TopologyConflictError) as error:
        fail(str(error))


def fail(why: str) -> NoReturn:
    raise click.ClickException(why)
