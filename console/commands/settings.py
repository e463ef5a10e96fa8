"""What every subcommand that talks to the broker or the database does alike."""

from collections.abc import Sequence

import click

from shared.configuration import SettingsError, load
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
