"""A blob that is read as a stream, and goes on where it was cut."""

import re
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp

from geo.registry import paths, refusal
from geo.registry.answer import Request
from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError, RegistryError
from geo.registry.location import Location
from geo.registry.requests import Requests
from geo.registry.retries import retries

_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Reading:
    """At most the size that the descriptor says; its bytes are the caller's to hash."""

    def __init__(
        self, requests: Requests, location: Location, repository: str, blob: Descriptor
    ) -> None:
        self._requests = requests
        self._url = paths.blob(location, repository, blob.digest)
        self._scope = paths.pull_scope(repository)
        self._blob = blob
        self._offset = 0
        self._to_skip = 0
        self._request = Request("GET", self._url, self._scope)
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        self._close()

    def seek(self, offset: int) -> None:
        """The next chunk begins there."""
        if offset != self._offset:
            self._close()
            self._offset = offset

    async def chunk(self) -> bytes:
        """The next bytes; none at the end. Raises RegistryError, DigestError if it is too long."""
        async for attempt in retries():
            with attempt:
                try:
                    return await self._next()
                except RegistryError:
                    self._close()
                    raise
        raise AssertionError("stamina gives up by raising")

    async def _next(self) -> bytes:
        if self._response is None:
            if self._offset == self._blob.size > 0:
                return b""
            self._response = await self._opened()
        with self._requests.exchange.in_words(self._request):
            chunk = await self._response.content.readany()
            while chunk and self._to_skip:
                chunk, self._to_skip = chunk[self._to_skip :], max(0, self._to_skip - len(chunk))
                chunk = chunk or await self._response.content.readany()
        self._offset += len(chunk)
        if self._offset > self._blob.size:
            raise DigestError(f"{self._url.path} is longer than {self._blob.size} bytes")
        if not chunk and self._offset < self._blob.size:
            raise RegistryError(f"{self._request} ended early", temporary=True)
        return chunk

    async def _opened(self) -> aiohttp.ClientResponse:
        headers = {"Range": f"bytes={self._offset}-"} if self._offset else {}
        request = self._request._replace(headers=headers)
        response = await self._requests.begin(request)
        if response.status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            raise refusal.of(await self._requests.exchange.read(request, response))
        start, size = _extent(response)
        if size not in {None, self._blob.size} or start not in {0, self._offset}:
            response.close()
            raise DigestError(f"{request} has {size} bytes from {start}, not {self._blob.size}")
        # Who does not know ranges sends all of it again.
        self._to_skip = self._offset - start
        return response

    def _close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None


def _extent(response: aiohttp.ClientResponse) -> tuple[int, int | None]:
    """Where the answer's bytes begin, and how long the whole is, if it says so."""
    if response.status == HTTPStatus.OK:
        return 0, response.content_length
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not found:
        return -1, None
    return int(found[1]), None if found[2] == "*" else int(found[2])
