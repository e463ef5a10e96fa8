"""Blobs of a registry: looked for, mounted, and copied into it from another registry."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Final

from geo.registry import names, paths, refusal
from geo.registry.answer import Answer, Request
from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError
from geo.registry.location import Location
from geo.registry.reading import Reading
from geo.registry.requests import Requests
from geo.registry.retries import retries
from geo.registry.transfer import Transfer
from geo.registry.uploads import Upload

# Up to here a blob is held in memory, which saves a request of four.
SMALL: Final = 64 * 1024


class Blobs:
    """Of one registry; as many as it has `connections` are read as streams at once."""

    def __init__(
        self, requests: Requests, location: Location, *, connections: int, seconds: float
    ) -> None:
        self._requests = requests
        self._location = location
        self._seconds = seconds
        # Apart from the slots of short requests: a stream that holds one while it waits for another
        # could wait for itself.
        self._streams = asyncio.Semaphore(connections)

    async def has(self, repository: str, digest: str) -> bool:
        answer = await self._asked("HEAD", repository, digest)
        if answer.status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            return answer.status == HTTPStatus.OK
        raise refusal.of(answer)

    async def mount(self, repository: str, digest: str, from_repository: str) -> bool:
        """Whether the registry has taken it from there; if not, it has begun an upload."""
        url = paths.mount(self._location, repository, digest, from_repository)
        scope = f"{paths.push_scope(repository)} {paths.pull_scope(from_repository)}"
        answer = await self._requests.answer(Request("POST", url, scope))
        if answer.status == HTTPStatus.CREATED:
            return True
        if answer.status != HTTPStatus.ACCEPTED:
            raise refusal.of(answer)
        await Upload(self._requests, self._location, repository, answer).cancel()
        return False

    async def copy(
        self,
        blob: Descriptor,
        source: "Blobs",
        from_repository: str,
        to_repository: str,
        told: Callable[[int], None],
    ) -> None:
        """Raises RegistryError, DigestError if the source gives other bytes."""
        names.digest(blob.digest)
        begin = partial(Upload.begin, self._requests, self._location, to_repository)
        if blob.size <= SMALL:
            body = await source.whole(blob, from_repository)
            async for attempt in retries():
                with attempt:
                    await (await begin()).finish(blob.digest, body)
            told(blob.size)
            return
        async with source.streamed(blob, from_repository) as reading:
            await Transfer(reading, blob, begin, told, seconds=self._seconds).run()

    async def whole(self, blob: Descriptor, repository: str) -> bytes:
        """A small one."""
        answer = await self._asked("GET", repository, blob.digest)
        if answer.status != HTTPStatus.OK:
            raise refusal.of(answer)
        if names.digest_of(answer.body, blob.digest.partition(":")[0]) != blob.digest:
            raise DigestError(f"{answer.asked} was answered with other bytes")
        if len(answer.body) != blob.size:
            raise DigestError(f"{answer.asked} has {len(answer.body)} bytes, not {blob.size}")
        return answer.body

    @asynccontextmanager
    async def streamed(self, blob: Descriptor, repository: str) -> AsyncIterator[Reading]:
        """One of any size."""
        async with (
            self._streams,
            Reading(self._requests, self._location, repository, blob) as reading,
        ):
            yield reading

    async def _asked(self, method: str, repository: str, digest: str) -> Answer:
        url = paths.blob(self._location, repository, digest)
        return await self._requests.answer(Request(method, url, paths.pull_scope(repository)))
