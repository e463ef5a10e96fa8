"""Data on standard output: tables and sentences as wide as the terminal, or JSON."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from console.terminal import prose
from console.terminal.table import Column, Table
from console.terminal.width import width


def cells(*, wide: bool = False, err: bool = False) -> int | None:
    """Of a line; None: it may be of any length, as asked for, or where there is no terminal."""
    return None if wide else width(sys.stderr if err else sys.stdout)


class Rows:
    """Prints a table as its rows come, the header with the first; cells are safe to print."""

    def __init__(self, columns: Sequence[Column], *, wide: bool = False, err: bool = False) -> None:
        self._table = Table(columns, cells(wide=wide, err=err))
        self._err = err
        self._begun = False

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        rows = list(rows)
        if not self._begun and rows:
            self._begun = True
            for line in self._table.heading(rows):
                styled = _styled() and not self._err
                click.echo(click.style(line, bold=True) if styled else line, err=self._err)
        for line in self._table.lines(rows):
            click.echo(line, err=self._err)


def sentence(label: str, text: str, *, wide: bool = False, err: bool = False) -> None:
    """Over several lines where the terminal is narrow; safe to print already."""
    for line in prose.hanging(label, text, cells(wide=wide, err=err)):
        click.echo(line, err=err)


def command(label: str, text: str, *, wide: bool = False, err: bool = False) -> None:
    """What is to be copied into a shell."""
    for line in prose.command(label, text, cells(wide=wide, err=err)):
        click.echo(line, err=err)


def document(value: Any) -> None:  # noqa: ANN401  anything that JSON can say
    click.echo(json.dumps(value, indent=2, default=str))


def lines(values: Iterable[Any]) -> None:
    for value in values:
        click.echo(one_line(value))


def one_line(value: Any) -> str:  # noqa: ANN401  anything that JSON can say
    return json.dumps(value, default=str)


def _styled() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
