"""Rows as a file to download."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from aiohttp import web

from console.words.rows import Row, lines

_TYPES: Final = {"jsonl": "application/x-ndjson", "csv": "text/csv"}
KINDS: Final = tuple(_TYPES)


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
