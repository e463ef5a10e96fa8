"""Groups know of their commands what the commands themselves say, without importing them."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from console.cli import main
from console.lazy_group import LazyGroup


def groups(group: LazyGroup, path: str) -> Iterator[tuple[str, LazyGroup]]:
    yield path, group
    for name in group.commands:
        if isinstance(found := group.load(name), LazyGroup):
            yield from groups(found, f"{path} {name}")


GROUPS = dict(groups(main, "registry-events"))


def test_every_group_is_known() -> None:
    assert set(GROUPS) == {
        "registry-events",
        "registry-events config",
        "registry-events dead-letters",
        "registry-events events",
        "registry-events geo",
        "registry-events geo sites",
    }


@pytest.mark.parametrize("path", GROUPS)
def test_a_list_says_what_the_commands_say(path: str) -> None:
    group = GROUPS[path]
    listed = {name: _says(outline) for name, outline in group.commands.items()}
    assert listed == {name: _says(group.load(name)) for name in group.commands}
    assert [group.load(name).name for name in group.commands] == list(group.commands)


def _says(command: click.Command) -> str:
    return command.get_short_help_str(limit=1_000)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("stauts", "status"),
        ("dead-leters", "dead-letters"),
        ("dead-letters sumary", "summary"),
        ("dead-letters requue", "requeue"),
        ("config shwo", "show"),
        ("status --wathc", "--watch"),
    ],
)
def test_a_slip_is_told_what_may_have_been_meant(words: str, meant: str) -> None:
    done = CliRunner().invoke(main, words.split(), prog_name="registry-events")
    assert (done.exit_code, done.stdout) == (2, "")
    slip = words.rsplit(maxsplit=1)[-1]
    assert done.stderr.endswith(f"'{slip}'. Did you mean '{meant}'?\n")


def test_a_word_like_no_command_is_only_refused() -> None:
    done = CliRunner().invoke(main, ["xyzzy"], prog_name="registry-events")
    assert done.exit_code == 2
    assert done.stderr.endswith("Error: No such command 'xyzzy'.\n")
