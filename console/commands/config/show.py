"""registry-events config show."""

import json

import click

from console.commands.config.setting_table import rows
from console.commands.settings import load_or_exit


@click.command()
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def show(output: str) -> None:
    """Print every setting with its value; secrets are masked."""
    shown = {name: value for name, value, _ in rows(load_or_exit())}
    if output == "json":
        click.echo(json.dumps(shown, indent=2))
        return
    for name, value in shown.items():
        click.echo(f"{name}={value}")
