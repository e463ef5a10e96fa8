"""Blobs of a registry in memory, which cuts and lies as it is told."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.stand_in import StandIn, standing_in

_CHUNK = 64 * 1024


class Shelf:
    """`cut_reads` and `cut_writes` are after how many bytes the next ones break off."""

    def __init__(self, *blobs: bytes) -> None:
        self.blobs = {f"sha256:{hashlib.sha256(one).hexdigest()}": one for one in blobs}
        self.uploads: dict[str, bytearray] = {}
        self.cut_reads: list[int] = []
        self.cut_writes: list[int] = []
        self.knows_ranges = True
        self.says_offset = True
        self.loses_answer = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "/uploads/" in request.path:
            return await self._upload(request, request.path.rpartition("/")[2])
        blob = self.blobs.get(request.path.rpartition("/")[2])
        if blob is None:
            return web.json_response({"errors": [{"code": "BLOB_UNKNOWN"}]}, status=404)
        return await self._read(request, blob)

    async def _read(self, request: web.Request, blob: bytes) -> web.StreamResponse:
        response = web.StreamResponse()
        start = 0
        found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if found and self.knows_ranges:
            start = int(found[1])
            response.set_status(206)
            response.headers["Content-Range"] = f"bytes {start}-{len(blob) - 1}/{len(blob)}"
        response.content_length = len(blob) - start
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        cut = self.cut_reads.pop(0) if self.cut_reads else None
        end = len(blob) if cut is None else start + cut
        for at in range(start, end, _CHUNK):
            await response.write(blob[at : min(at + _CHUNK, end)])
        if cut is not None:
            _cut(request)
        return response

    async def _upload(self, request: web.Request, name: str) -> web.StreamResponse:
        if request.method == "POST":
            name = f"{len(self.uploads) + 1}"
            self.uploads[name] = bytearray()
            return web.Response(status=202, headers={"Location": f"{name}?_state=a%3D%3D"})
        assert request.query_string.startswith("_state=a%3D%3D"), "a query is signed as it is"
        held = self.uploads.get(name)
        if held is None or (request.method == "GET" and not self.says_offset):
            return web.json_response({"errors": [{"code": "BLOB_UPLOAD_UNKNOWN"}]}, status=404)
        place = {"Location": f"{name}?_state=a%3D%3D", "Range": f"0-{max(0, len(held) - 1)}"}
        match request.method:
            case "GET":
                return web.Response(status=204, headers=place)
            case "DELETE":
                del self.uploads[name]
                return web.Response(status=204)
            case "PATCH":
                await self._take(request, held)
                return web.Response(status=202, headers=place)
        return await self._finish(request, name, held)

    async def _take(self, request: web.Request, held: bytearray) -> None:
        said = re.fullmatch(r"(\d+)-\d+", request.headers.get("Content-Range", "0-0"))
        assert said
        assert int(said[1]) == len(held)
        cut = self.cut_writes.pop(0) if self.cut_writes else None
        taken = 0
        async for chunk in request.content.iter_chunked(_CHUNK):
            held += chunk
            taken += len(chunk)
            if cut is not None and taken >= cut:
                _cut(request)
                return

    async def _finish(self, request: web.Request, name: str, held: bytearray) -> web.Response:
        held += await request.read()
        digest = f"sha256:{hashlib.sha256(held).hexdigest()}"
        if request.query["digest"] != digest:
            return web.json_response({"errors": [{"code": "DIGEST_INVALID"}]}, status=400)
        self.blobs[digest] = bytes(held)
        del self.uploads[name]
        if self.loses_answer:
            self.loses_answer = False
            _cut(request)
        return web.Response(status=201)


def _cut(request: web.Request) -> None:
    assert request.transport
    request.transport.abort()


@asynccontextmanager
async def standing(shelf: Shelf) -> AsyncIterator[StandIn]:
    async with standing_in(shelf.answer) as stand_in:
        yield stand_in
