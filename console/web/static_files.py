"""What the pages are made of besides their text: a fixed table, read once.

No part of a request's path is ever looked up among files.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from aiohttp import web

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def _read() -> Mapping[str, tuple[bytes, str]]:
    """The body and the type of each file that is shipped, by the path that the pages name."""
    return {
        f"/static/{file.name}": (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]])
        for file in (files("console.web") / "static").iterdir()
    }


FILES: Final = _read()


async def serve(request: web.Request) -> web.Response:
    body, kind = FILES[request.path]
    return web.Response(body=body, content_type=kind, charset="utf-8")
