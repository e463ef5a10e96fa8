"""Rows as lines: of JSON, or a table for a spreadsheet (CSV, RFC 4180).

A cell that a spreadsheet would take for a formula begins with an apostrophe there:
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.text import printable

Row = Mapping[str, object]

# Some programs take blanks away first, and some take the wide forms for the signs.
_FORMULA: Final = re.compile("\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def lines(kind: str, rows: Iterable[Row]) -> Iterator[str]:
    if kind == "jsonl":
        return (f"{json.dumps(row)}\n" for row in rows)
    return _table(rows)


def _table(rows: Iterable[Row]) -> Iterator[str]:
    """The names of the columns stand first; all rows have the same."""
    for number, row in enumerate(rows):
        cells = dict(_cells(row))
        if not number:
            yield _line(cells)
        yield _line(cells.values())


def _cells(row: Row, prefix: str = "") -> Iterator[tuple[str, object]]:
    """What is within a column of names known beforehand has columns of its own."""
    for name, value in row.items():
        if name == "story" and isinstance(value, dict):
            yield from _cells(value, f"{name}_")
        else:
            yield f"{prefix}{name}", _cell(value)


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    text = printable(value if isinstance(value, str) else json.dumps(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _line(cells: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
