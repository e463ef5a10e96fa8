"""JSON Web Tokens of an issuer, as Google's Pub/Sub sends them.

What has to be looked at: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions.
"""

from typing import Final

import jwt

from ingest.sources.issuer import Issuer
from shared.sources import OidcAuth

_LONGEST: Final = 8 * 1024
_ALGORITHMS: Final = ("RS256", "ES256")
# Seconds by which the clocks of issuer and ingest may differ.
_LEEWAY: Final = 30


class OidcCheck:
    def __init__(self, auth: OidcAuth) -> None:
        self._audience, self._email = auth.audience, auth.email
        # Google writes its own name in both ways.
        self._issuers = [auth.issuer, auth.issuer.removeprefix("https://")]
        self._issuer = Issuer(auth.issuer)

    async def accepts(self, header: str | None) -> bool:
        """Raises KeysAwayError if it cannot be said."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > _LONGEST:
            return False
        try:
            head = jwt.get_unverified_header(token.strip())
            if head.get("alg") not in _ALGORITHMS:
                return False
            key = await self._issuer.key(head.get("kid"))
            return key is not None and self._is_theirs(token.strip(), key)
        except (jwt.PyJWTError, ValueError):
            return False

    def _is_theirs(self, token: str, key: jwt.PyJWK) -> bool:
        """Raises PyJWTError."""
        claims = jwt.decode(
            token,
            key,
            algorithms=list(_ALGORITHMS),
            audience=self._audience,
            issuer=self._issuers,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
        return claims.get("email") == self._email and claims.get("email_verified") is True
