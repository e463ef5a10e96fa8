"""Bearer tokens of a registry, kept by realm, service and scope until they expire.

https://distribution.github.io/distribution/spec/auth/token/
"""

import asyncio
import time
from http import HTTPStatus
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

import msgspec
from yarl import URL

from geo.registry import refusal
from geo.registry.answer import Request
from geo.registry.credentials import Login
from geo.registry.errors import RegistryError
from geo.registry.exchange import Exchange
from geo.registry.names import is_header_text

# What the specification gives a token that does not say how long it lives.
_LIFE: Final = 60.0
# A token is not taken along when it may expire on the way.
_MARGIN: Final = 5.0


class _Key(NamedTuple):
    realm: URL
    service: str
    scope: str


class _Token(NamedTuple):
    text: str
    expires_at: float


class _Given(msgspec.Struct):
    token: str = ""
    access_token: str = ""
    expires_in: float | None = None


class Tokens:
    """Of one login, or of nobody."""

    def __init__(self, exchange: Exchange, login: Login | None) -> None:
        self._exchange = exchange
        self._login = login
        self._tokens: dict[_Key, _Token] = {}
        # Requests that want the same token wait for one of them; nobody else needs the lock.
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def token(self, realm: URL, service: str, scope: str, *, but: str | None) -> str:
        """One that is not `but`, which was refused. Raises RegistryError."""
        key = _Key(realm, service, scope)
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            known = self._tokens.get(key)
            if known and known.text != but and time.monotonic() < known.expires_at:
                return known.text
            self._forget_expired()
            self._tokens[key] = fetched = await self._fetched(key)
            return fetched.text

    def _forget_expired(self) -> None:
        now = time.monotonic()
        self._tokens = {key: one for key, one in self._tokens.items() if now < one.expires_at}

    async def _fetched(self, key: _Key) -> _Token:
        scopes = [("scope", one) for one in key.scope.split()]
        url = key.realm.extend_query([("service", key.service)] if key.service else [])
        headers = {"Authorization": self._login.basic} if self._login else {}
        begun = time.monotonic()
        answer = await self._exchange.answer(Request("GET", url.extend_query(scopes), "", headers))
        if answer.status != HTTPStatus.OK:
            raise refusal.of(answer)
        given = _read(answer.body)
        text = given.token or given.access_token
        if not is_header_text(text):
            raise RegistryError(f"{answer.asked} was answered without a usable token")
        life = _LIFE if given.expires_in is None else given.expires_in
        return _Token(text, begun + life - min(_MARGIN, life / 2))


def _read(body: bytes) -> _Given:
    try:
        return msgspec.json.decode(body, type=_Given)
    except (msgspec.MsgspecError, RecursionError):
        return _Given()
