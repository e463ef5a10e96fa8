"""Requests to the service that has the log, tried again while it is away."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Final, TypeVar

import aiohttp
import msgspec
import stamina
from aiohttp import hdrs
from yarl import URL

from geo.following.journal import JournalError
from geo.following.refused import AwayError, refusal
from shared import faults
from shared.text import printable
from shared.user_agent import USER_AGENT

# Seconds to connect, and beside what a request may wait for a change, to the end of its answer.
_CONNECT: Final = 10.0
_ANSWER: Final = 20.0
_ATTEMPTS: Final = 4
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 2.0
# Who asks to be left alone for longer is left to whoever follows, and he is told.
_LONGEST_AFTER: Final = 5.0
# Bytes of an answer: a thousand changes have a tenth of it.
_LARGEST: Final = 16 * 1024 * 1024
_LONGEST_TEXT: Final = 300
_Document = TypeVar("_Document")


@asynccontextmanager
async def opened(url: URL, token: str, tls: ssl.SSLContext) -> AsyncIterator["LogService"]:
    headers = {
        hdrs.AUTHORIZATION: f"Bearer {token}",
        hdrs.USER_AGENT: USER_AGENT,
        # What is sent compressed may have any size when it is not.
        hdrs.ACCEPT_ENCODING: "identity",
    }
    async with aiohttp.ClientSession(
        headers=headers,
        connector=aiohttp.TCPConnector(ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as http:
        yield LogService(url, http)


class LogService:
    """`http` has the headers that each request gets."""

    def __init__(self, url: URL, http: aiohttp.ClientSession) -> None:
        self._url, self._http = url, http
        self._name = printable(url.host or "", 100)

    async def ask(
        self,
        method: str,
        path: str,
        kind: type[_Document],
        *,
        query: Mapping[str, str] | None = None,
        body: msgspec.Struct | None = None,
        wait: float = 0.0,
    ) -> _Document:
        """The answer; it may come `wait` seconds late. Raises JournalError.

        What is asked may be done twice, if its answer is lost: nothing of a journal minds.
        """
        url = self._url / path.lstrip("/")
        sent = None if body is None else msgspec.json.encode(body)
        attempts = stamina.retry_context(
            on=_again,
            attempts=_ATTEMPTS,
            timeout=None,
            wait_initial=_FIRST_PAUSE,
            wait_max=_LONGEST_PAUSE,
        )
        timeout = aiohttp.ClientTimeout(total=wait + _ANSWER, sock_connect=_CONNECT)
        async for attempt in attempts:
            with attempt:
                answer = await self._answer(
                    self._http.request(
                        method,
                        url,
                        params=query,
                        data=sent,
                        timeout=timeout,
                        allow_redirects=False,
                    )
                )
        return self._read(answer, kind)

    async def _answer(self, request: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> bytes:
        try:
            async with request as response:
                answer = await _whole(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise AwayError(f"{self._name} is away: {faults.in_words(error)}") from error
        if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        raise refusal(self._name, response.status, response.headers, answer)

    def _read(self, answer: bytes, kind: type[_Document]) -> _Document:
        try:
            return msgspec.json.decode(answer or b"null", type=kind)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            why = printable(str(error), _LONGEST_TEXT)
            raise JournalError(f"{self._name} answered what is none of a journal: {why}") from None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for piece in response.content.iter_any():
        answer += piece
        if len(answer) > _LARGEST:
            raise ValueError(f"the answer has no end within {_LARGEST} bytes")
    return bytes(answer)


def _again(error: Exception) -> bool | float:
    """Whether to try again, or after how many seconds."""
    if not isinstance(error, AwayError):
        return False
    return True if error.after is None else min(error.after, _LONGEST_AFTER)
