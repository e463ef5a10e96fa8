"""Rows as a file to download: JSON lines, or a table for a spreadsheet (CSV, RFC 4180).

A cell that a spreadsheet would take for a formula begins with an apostrophe there:
https://owasp.org/www-community/attacks/CSV_Injection
"""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from aiohttp import web

from shared.text import printable

Row = Mapping[str, object]

_TYPES: Final = {"jsonl": "application/x-ndjson", "csv": "text/csv"}
KINDS: Final = tuple(_TYPES)
# Some programs take blanks away first, and some take the wide forms for the signs.
_FORMULA: Final = re.compile("\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


async def send(request: web.Request, name: str, rows: Iterable[Row]) -> web.StreamResponse:
    """The kind is the ending of the path; `rows` are read while they are sent."""
    kind = request.path.rpartition(".")[2]
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{_TYPES[kind]}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        }
    )
    await response.prepare(request)
    with suppress(ConnectionError):
        for line in lines(kind, rows):
            await response.write(line.encode())
            # Others have their turn, however fast the receiver is.
            await asyncio.sleep(0)
    return response


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
