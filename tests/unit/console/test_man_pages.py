"""A manual page for each command, of today, whatever the commands say."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from console.cli import main
from console.lazy_group import LazyGroup
from console.man_pages import escaped, pages

SHIPPED = Path(__file__).parents[3] / "deploy" / "man"
PAGES = dict(pages(main, "registry-events"))
HOSTILE = {
    "request": ".so /etc/passwd",
    "request after a blank": " 'so /etc/passwd",
    "escape": r"\fB bold \*(aa \X'tty: sh' \(em",
    "control": "\x1b[2J\x00\x07 \ud800 \u202e",
    "quotes": """ "one" 'two' `three` ^ ~""",
    "other scripts": "チーム ü",
    "lines": "one\n.so two\n'so three",
}


def test_what_is_shipped_is_of_today() -> None:
    shipped = {path.name: path.read_text(encoding="ascii") for path in SHIPPED.iterdir()}
    assert shipped == PAGES, "run: make man"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, LazyGroup):
        for name in command.commands:
            yield from commands(command.load(name), f"{path}-{name}")


COMMANDS = dict(commands(main, "registry-events"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_every_option(name: str) -> None:
    said = PAGES[f"{name}.1"].replace(r"\-", "-")
    options = [one for one in COMMANDS[name].params if isinstance(one, click.Option)]
    names = [option for one in options for option in one.opts]
    assert [one for one in names if not re.search(rf"\\fB.*{one}\b", said)] == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_speaks_to_the_formatter(text: str) -> None:
    line = escaped(text)
    assert line.isascii()
    assert line.isprintable()
    assert not line.startswith((".", "'"))
    assert set(re.findall(r"\\(.)", line)) <= set("e-(&[")


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not here")
def test_what_is_read_is_what_was_said() -> None:
    text = "\n\n".join(HOSTILE.values())
    command = click.Command("x", help=f"{text}\n\nend \\ of 'the' .page")
    ((_, page),) = pages(command, "x")
    read = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-rLL=2000n"],
        input=page,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert read.stderr == ""
    assert ".so /etc/passwd" in read.stdout
    assert r"\fB bold \*(aa \X'tty: sh' \(em" in read.stdout
    assert r"\x1b[2J\x00\x07 \ud800 \u202e" in read.stdout
    assert r"end \ of 'the' .page" in read.stdout
