"""A blob on its way into a registry: one upload, from its POST to its PUT.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
"""

import re
from collections.abc import AsyncIterable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Self

from yarl import URL

from geo.registry import paths, refusal
from geo.registry.answer import Answer, Request
from geo.registry.errors import RegistryError
from geo.registry.location import Location
from geo.registry.redirect import redirected
from geo.registry.requests import Requests

_RANGE: Final = re.compile(r"(?:bytes=)?0-(\d{1,18})")
_OCTETS: Final = {"Content-Type": "application/octet-stream"}


class Upload:
    """Its address changes with every answer."""

    def __init__(
        self, requests: Requests, location: Location, repository: str, begun: Answer
    ) -> None:
        self._requests = requests
        self._location = location
        self._repository = repository
        self._scope = paths.push_scope(repository)
        self._url = _place(begun)

    @classmethod
    async def begin(cls, requests: Requests, location: Location, repository: str) -> Self:
        scope = paths.push_scope(repository)
        answer = await requests.answer(Request("POST", paths.uploads(location, repository), scope))
        if answer.status != HTTPStatus.ACCEPTED:
            raise refusal.of(answer)
        return cls(requests, location, repository, answer)

    async def send(self, body: AsyncIterable[bytes], *, offset: int, size: int) -> None:
        """The bytes from `offset` to the end. Raises RegistryError; `offset` says what came."""
        headers = {**_OCTETS, "Content-Length": str(size - offset)}
        if offset:
            headers["Content-Range"] = f"{offset}-{size - 1}"
        request = Request("PATCH", self._url, self._scope, headers, body)
        response = await self._requests.begin(request)
        answer = await self._requests.exchange.read(request, response)
        if answer.status not in {HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}:
            raise refusal.of(answer)
        self._url = _place(answer)

    async def offset(self) -> int:
        """How many bytes the registry has. Raises RegistryError if the upload is lost."""
        answer = await self._requests.answer(Request("GET", self._url, self._scope))
        if answer.status != HTTPStatus.NO_CONTENT:
            raise refusal.of(answer)
        if "Location" in answer.headers:
            self._url = _place(answer)
        found = _RANGE.fullmatch(answer.headers.get("Range", ""))
        # Registries say 0-0 of none too; who has one byte gets it twice, and refuses the whole.
        return int(found[1]) + 1 if found and int(found[1]) else 0

    async def finish(self, digest: str, body: bytes = b"") -> None:
        """With the last of the bytes, or all of a small blob. Raises RegistryError."""
        url = paths.finished(self._url, digest)
        try:
            answer = await self._requests.once(Request("PUT", url, self._scope, _OCTETS, body))
            if answer.status not in {HTTPStatus.CREATED, HTTPStatus.NO_CONTENT}:
                raise refusal.of(answer)  # noqa: TRY301  as if there had been no answer
        except RegistryError:
            # It may have been done all the same, and its answer lost: aiohttp itself sends a PUT
            # again if a kept connection breaks, and the upload is unknown then.
            if not await self._is_there(digest):
                raise

    async def _is_there(self, digest: str) -> bool:
        url = paths.blob(self._location, self._repository, digest)
        answer = await self._requests.answer(Request("HEAD", url, self._scope))
        return answer.status == HTTPStatus.OK

    async def cancel(self) -> None:
        """So that nothing of it is kept; what a registry keeps all the same, it purges itself."""
        with suppress(RegistryError):
            await self._requests.once(Request("DELETE", self._url, self._scope))


def _place(answer: Answer) -> URL:
    return redirected(answer.url, answer.headers.get("Location", ""))
