"""What proves to a registry who asks: nothing until it wants a proof, then what it wants."""

from collections.abc import Iterable
from typing import Final

from geo.registry.challenge import Challenge, challenges
from geo.registry.credentials import Login
from geo.registry.errors import RegistryError
from geo.registry.location import Location
from geo.registry.realm import realm
from geo.registry.tokens import Tokens

_BEARER: Final = "bearer"
_BASIC: Final = "basic"


class Authorization:
    """Of one registry, which wants the same kind of proof of every request."""

    def __init__(self, location: Location, login: Login | None, tokens: Tokens) -> None:
        self._location = location
        self._login = login
        self._tokens = tokens
        self._wanted: Challenge | None = None
        # What a registry wants for a scope of ours, where its own word for it is another one.
        self._scopes: dict[str, str] = {}

    async def header(self, scope: str) -> str | None:
        """None as long as the registry has wanted none. Raises RegistryError."""
        if self._wanted is None:
            return None
        return await self._proof(self._wanted, self._scopes.get(scope, scope), None)

    async def renewed(self, wanted: Iterable[str], scope: str, refused: str | None) -> str:
        """Another header than `refused`, by the `WWW-Authenticate` headers that came with the 401.

        Raises RegistryError if there is none.
        """
        challenge = self._chosen(challenges(wanted))
        words = [*self._scopes.get(scope, scope).split()]
        words += challenge.parameters.get("scope", "").split()
        self._scopes[scope] = " ".join(dict.fromkeys(words))
        header = await self._proof(challenge, self._scopes[scope], refused)
        self._wanted = challenge
        return header

    def _chosen(self, offered: list[Challenge]) -> Challenge:
        """A token rather than the password itself, as others do."""
        by_scheme = {one.scheme: one for one in reversed(offered)}
        if _BEARER in by_scheme:
            return by_scheme[_BEARER]
        if _BASIC in by_scheme:
            return by_scheme[_BASIC]
        raise RegistryError(f"{self._location.name} wants a proof of a kind that is not known here")

    async def _proof(self, challenge: Challenge, scope: str, refused: str | None) -> str:
        if challenge.scheme == _BEARER:
            service = challenge.parameters.get("service", "")
            but = refused and refused.removeprefix("Bearer ")
            found = realm(challenge, self._location)
            return f"Bearer {await self._tokens.token(found, service, scope, but=but)}"
        if self._login is None:
            raise RegistryError(f"{self._location.name} wants a login, and there is none for it")
        if refused == self._login.basic:
            raise RegistryError(f"{self._location.name} refuses the login that there is for it")
        return self._login.basic
