"""Data on standard output: plain columns, or JSON."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.cells import cell_len, set_cell_size


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be; the cells are safe to print already."""
    rows = list(rows)
    widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
    for number, row in enumerate([header, *rows]):
        cells = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if not number and _styled() else line)


def document(value: Any) -> None:  # noqa: ANN401  anything that JSON can say
    click.echo(json.dumps(value, indent=2, default=str))


def lines(values: Iterable[Any]) -> None:
    for value in values:
        click.echo(json.dumps(value, default=str))


def _styled() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
