"""The keys by which an issuer signs its tokens, fetched from where it says and kept for a while.

https://openid.net/specs/openid-connect-discovery-1_0.html, section 4.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from ingest.sources.looks import Looks
from ingest.sources.unproven import KeysAwayError
from shared import faults

_SECONDS: Final = 5.0
_KEPT: Final = 3600.0


class Issuer:
    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._keys: Mapping[str | None, PyJWK] = {}
        self._fetched_at = self._answered_at = -float("inf")
        self._fault = ""
        self._looks = Looks()
        self._turn = asyncio.Lock()

    async def key(self, number: str | None) -> PyJWK | None:
        """The key with this `kid`; None if it has none such.

        Raises KeysAwayError where that cannot be said now: the issuer does not answer, or has been
        asked so often that this one has to wait.
        """
        came_at = time.monotonic()
        if number not in self._keys or came_at - self._fetched_at > _KEPT:
            async with self._turn:
                # Who waited for another one's look has its answer.
                if self._answered_at < came_at:
                    await self._look()
        found = self._keys.get(number)
        if found is None and self._fetched_at < came_at:
            raise KeysAwayError(self._fault or f"{self._url}: is asked for new keys a little later")
        return found

    async def _look(self) -> None:
        if not self._looks.take(time.monotonic()):
            return
        try:
            self._keys = await self._fetch()
        except (aiohttp.ClientError, OSError, PyJWTError, ValueError) as error:
            self._fault = f"{self._url}: {faults.in_words(error, seconds=_SECONDS)}"
            self._answered_at = time.monotonic()
            self._looks.failed(self._answered_at)
            return
        self._fetched_at = self._answered_at = time.monotonic()
        self._fault = ""

    async def _fetch(self) -> Mapping[str | None, PyJWK]:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as http:
            document = await _json(http, f"{self._url}/.well-known/openid-configuration")
            place = document.get("jwks_uri")
            if not isinstance(place, str):
                raise ValueError("its configuration names no jwks_uri")  # noqa: TRY004  what was sent
            keys = PyJWKSet.from_dict(await _json(http, place)).keys
        return {key.key_id: key for key in keys}


async def _json(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with http.get(url, allow_redirects=False) as response:
        value = await response.json(content_type=None)
    if not isinstance(value, dict):
        raise ValueError("it answers with something else than an object")  # noqa: TRY004  what was sent
    return value
