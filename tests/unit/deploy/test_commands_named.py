import re
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from console.cli import main
from console.lazy_group import LazyGroup
from tests.unit.deploy.shipped import DEPLOY, UNITS, files, our_services, pods, unit_lines

_COMMAND = re.compile(r"(?:^|[\s/])registry-events((?: [^\s|;&]+)+)", re.MULTILINE)


def _fault(words: Sequence[str]) -> str:
    """Why the program would refuse these words; empty if it would not."""
    command: click.Command = main
    rest = list(words)
    while rest:
        word, *rest = rest
        context = click.Context(command)
        if word.startswith("-"):
            options = {name: one for one in command.get_params(context) for name in one.opts}
            if word not in options:
                return f"{command.name} has no option {word}"
            rest = rest if getattr(options[word], "is_flag", False) else rest[1:]
            continue
        if not isinstance(command, LazyGroup) or word not in command.commands:
            return f"{command.name} has no command {word}"
        command = command.load(word)
    return ""


def _quoted(path: Path) -> list[list[str]]:
    """The commands in the code of a text: between backticks, or in a fenced block."""
    text = path.read_text()
    fenced = text.split("```")[1::2]
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [match.split() for code in fenced + inline for match in _COMMAND.findall(code)]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_commands_in_texts_exist(path: Path) -> None:
    assert [fault for words in _quoted(path) if (fault := _fault(words))] == []


def test_the_page_names_commands() -> None:
    assert _quoted(DEPLOY / "README.md")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_commands_that_exist(unit: Path) -> None:
    (line,) = unit_lines(unit, "ExecStart")
    assert _fault(line.split()[1:]) == ""


def test_containers_start_commands_that_exist() -> None:
    commands = [service["command"] for service in our_services().values()]
    commands += [one["args"] for pod in pods().values() for one in pod["containers"]]
    assert [fault for words in commands if (fault := _fault(words))] == []


@pytest.mark.parametrize(
    "words", [["nothing"], ["worker", "--nothing"], ["worker", "nothing"], ["config", "nothing"]]
)
def test_what_does_not_exist_is_found(words: list[str]) -> None:
    assert _fault(words)
