"""The options that select dead letters, as they are typed."""

import click
from click.testing import CliRunner

from console.commands.dead_letters.options.selection import selectors
from console.dead_letters.selection import Selection


@click.command()
@selectors()
def command(*, selection: Selection) -> None:
    click.echo(str(selection))


def test_sources_are_names_and_written_down_as_they_were_typed() -> None:
    result = CliRunner().invoke(command, ["--source", "harbor", "--source", "default"])
    assert (result.exit_code, result.output) == (0, "--source harbor --source default\n")


def test_a_source_goes_with_other_selectors_but_not_with_all() -> None:
    result = CliRunner().invoke(command, ["--source", "harbor", "--repository", "team/*"])
    assert result.output == "--repository team/* --source harbor\n"
    refused = CliRunner().invoke(command, ["--source", "harbor", "--all"])
    assert refused.exit_code == 2
    assert "--all goes with no other selector" in refused.output


def test_an_empty_source_selects_nothing_by_mistake() -> None:
    assert CliRunner().invoke(command, ["--source", " "]).exit_code == 2
