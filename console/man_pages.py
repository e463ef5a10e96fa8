"""Manual pages, made from what the commands say of themselves. Pure, but for being run.

`python -m console.man_pages DIRECTORY` writes them. The language is man(7); what stands for itself
there is escaped as groff_char(7) says.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from console.cli import main
from console.lazy_group import LazyGroup
from shared.text import printable

_ESCAPES: Final = str.maketrans(
    {
        "\\": r"\e",
        "-": r"\-",
        "'": r"\(aq",
        '"': r"\(dq",
        "`": r"\(ga",
        "^": r"\(ha",
        "~": r"\(ti",
    }
)
_SECTION: Final = "1"
_LONGEST: Final = 10_000


def pages(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """The file name and the text of the page of a command, and of each one below it."""
    context = command.context_class(
        command, info_name=name, parent=parent, **command.context_settings
    )
    yield f"{_title(context)}.{_SECTION}", "\n".join([*_page(context), ""])
    if isinstance(command, LazyGroup):
        for below in command.list_commands(context):
            yield from pages(command.load(below), below, context)


def escaped(text: str) -> str:
    """A text as one line that says what it says and asks nothing of the formatter."""
    line = printable(" ".join(text.split()), _LONGEST).translate(_ESCAPES)
    line = "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in line)
    return f"\\&{line}" if line.startswith(".") else line


def _title(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _page(context: click.Context) -> Iterator[str]:
    command, title = context.command, _title(context)
    said = command.get_short_help_str(limit=_LONGEST)
    yield r".\" Made from what the command says of itself, by `make man`."
    yield f'.TH "{escaped(title.upper())}" {_SECTION} "" "registry\\-events"'
    yield from (".SH NAME", rf"{escaped(title)} \- {escaped(said)}")
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (".SH SYNOPSIS", rf"\fB{escaped(context.command_path)}\fR {escaped(usage)}")
    yield ".SH DESCRIPTION"
    for paragraph in (command.help or said).split("\n\n"):
        yield from (".PP", escaped(paragraph))
    yield from _options(context)
    if isinstance(command, LazyGroup):
        yield from _commands(context, command)
    if command.epilog:
        yield from (".SH EXIT STATUS", escaped(command.epilog))
    if context.parent:
        yield from (".SH SEE ALSO", _reference(_title(context.parent)))


def _options(context: click.Context) -> Iterator[str]:
    yield ".SH OPTIONS"
    for parameter in context.command.get_params(context):
        if record := parameter.get_help_record(context):
            yield from (".TP", rf"\fB{escaped(record[0])}\fR", escaped(record[1]) or r"\&")


def _commands(context: click.Context, group: LazyGroup) -> Iterator[str]:
    yield ".SH COMMANDS"
    for name in group.list_commands(context):
        said = group.commands[name].get_short_help_str(limit=_LONGEST)
        yield from (".TP", _reference(f"{_title(context)}-{name}"), escaped(said))


def _reference(title: str) -> str:
    return rf"\fB{escaped(title)}\fR({_SECTION})"


def write(directory: Path) -> None:
    """Every page of the program, and no other."""
    directory.mkdir(exist_ok=True)
    for old in directory.glob(f"*.{_SECTION}"):
        old.unlink()
    for name, text in pages(main, "registry-events"):
        (directory / name).write_text(text, encoding="ascii")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
