"""`python -m tests.platforms --on trixie ARGUMENTS`: pytest, on that release's versions."""

import sys
from collections.abc import Sequence

import click

from console.local.processes import interrupts
from console.local.report import LocalError, to_stderr
from tests.platforms import suite
from tests.platforms.platform import PLATFORMS


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--on", multiple=True, type=click.Choice(PLATFORMS), help="All, if not given.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def platforms(on: Sequence[str], arguments: Sequence[str]) -> None:
    """Run pytest with ARGUMENTS on each, and print the README's lines of it at the end."""
    runs = []
    with interrupts.raised():
        try:
            runs += [suite.run(release, arguments) for release in on or PLATFORMS]
        except LocalError as error:
            raise click.ClickException(str(error)) from None
    for run in runs:
        to_stderr(run.row)
    sys.exit(max(run.code for run in runs))


if __name__ == "__main__":
    platforms()
