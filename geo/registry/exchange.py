"""One request and its answer, as HTTP has it: no redirect, no proof, no second try."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import aiohttp

from geo.registry.answer import Answer, Request
from geo.registry.errors import RegistryError
from shared import faults
from shared.user_agent import USER_AGENT

KIB: Final = 1024
# What others hold: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
LONGEST_BODY: Final = 4 * KIB * KIB
_READ_AT_ONCE: Final = 256 * KIB
# A short answer may take so many times what may pass between two reads of it.
_SLOWEST: Final = 10


class Exchange:
    """`seconds` may pass until a connection stands, and between two reads."""

    def __init__(self, tls: ssl.SSLContext | None, *, seconds: float) -> None:
        self._tls = tls
        self._seconds = seconds
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(
            # How many there are at once is decided before a request, which may wait for long.
            connector=aiohttp.TCPConnector(limit=0, ssl=self._tls or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A digest is of the bytes that are stored, which nobody may pack on the way.
            auto_decompress=False,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._seconds, sock_read=self._seconds
            ),
            read_bufsize=_READ_AT_ONCE,
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def begin(self, request: Request, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """The answer without its body, which the caller reads, and closes. Raises RegistryError."""
        if self._http is None:
            raise RuntimeError("the registry is not opened")
        with self.in_words(request):
            return await self._http.request(
                request.method,
                request.url,
                headers={**request.headers, **headers},
                data=request.body or None,
                allow_redirects=False,
            )

    async def answer(self, request: Request) -> Answer:
        return await self.read(request, await self.begin(request, {}))

    async def read(
        self, request: Request, response: aiohttp.ClientResponse, most: int = LONGEST_BODY
    ) -> Answer:
        """The whole answer; `most` bytes of body. Raises RegistryError."""
        body = bytearray()
        with self.in_words(request):
            async with asyncio.timeout(self._seconds * _SLOWEST), response:
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > most:
                        response.close()
                        raise RegistryError(f"{request} was answered by more than {most} bytes")
        return Answer(response.status, response.headers, bytes(body), str(request), response.url)

    @contextmanager
    def in_words(self, request: Request) -> Iterator[None]:
        """Raises RegistryError for what aiohttp raises."""
        try:
            yield
        except (aiohttp.ClientError, OSError) as error:
            is_hopeless = isinstance(error, (aiohttp.InvalidURL, aiohttp.ClientSSLError))
            why = faults.in_words(error, seconds=self._seconds)
            raise RegistryError(f"{request} failed: {why}", temporary=not is_hopeless) from error
