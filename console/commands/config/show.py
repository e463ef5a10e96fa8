"""registry-events config show."""

import click

from console.processes import load_or_exit
from console.setting_table import rows


@click.command()
def show() -> None:
    """Print every setting with its value; secrets are masked."""
    for name, value, _ in rows(load_or_exit()):
        click.echo(f"{name}={value}")
