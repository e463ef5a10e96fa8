"""Requests of one registry: with its proof, along redirects, again if it is worth it."""

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp

from geo.registry import refusal
from geo.registry.answer import Answer, Request
from geo.registry.authorization import Authorization
from geo.registry.errors import RegistryError
from geo.registry.exchange import LONGEST_BODY, Exchange
from geo.registry.location import Location
from geo.registry.redirect import is_redirect, redirected
from geo.registry.retries import retries

_REDIRECTS: Final = 5


class Requests:
    """At most `connections` of those whose answers are short are under way at once."""

    def __init__(
        self,
        location: Location,
        exchange: Exchange,
        authorization: Authorization,
        *,
        connections: int,
    ) -> None:
        self._location = location
        self.exchange = exchange
        self._authorization = authorization
        self._slots = asyncio.Semaphore(connections)

    async def answer(self, request: Request, most: int = LONGEST_BODY) -> Answer:
        """For requests that may be repeated, and whose bodies are bytes. Raises RegistryError.

        An answer that says no is one too; `most` are the bytes that may be in it.
        """
        async for attempt in retries():
            with attempt:
                return await self.once(request, most)
        raise AssertionError("stamina gives up by raising")

    async def once(self, request: Request, most: int = LONGEST_BODY) -> Answer:
        """As `answer`, without a second try."""
        async with self._slots:
            response = await self.begin(request)
            answer = await self.exchange.read(request, response, most)
        if refusal.is_transient(answer):
            raise refusal.of(answer)
        return answer

    async def begin(self, request: Request) -> aiohttp.ClientResponse:
        """The answer without its body, which the caller reads, and closes. Raises RegistryError."""
        header = await self._authorization.header(request.scope)
        response = await self._followed(request, header)
        if response.status != HTTPStatus.UNAUTHORIZED or not self._location.is_of(response.url):
            return response
        wanted = response.headers.getall("WWW-Authenticate", [])
        await self.exchange.read(request, response)
        renewed = await self._authorization.renewed(wanted, request.scope, header)
        if not isinstance(request.body, bytes):
            raise RegistryError(f"{request} was answered 401", temporary=True)
        return await self._followed(request, renewed)

    async def _followed(self, request: Request, proof: str | None) -> aiohttp.ClientResponse:
        for _ in range(_REDIRECTS + 1):
            is_own = self._location.is_of(request.url)
            headers = {"Authorization": proof} if proof and is_own else {}
            response = await self.exchange.begin(request, headers)
            if not is_redirect(request.method, response.status):
                return response
            place = response.headers.get("Location", "")
            await self.exchange.read(request, response)
            request = request._replace(url=redirected(request.url, place))
        raise RegistryError(f"{request} comes after {_REDIRECTS} redirects, and is one more")
