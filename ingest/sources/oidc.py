"""JSON Web Tokens of an issuer, as Google's Pub/Sub sends them.

What has to be looked at: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions.
"""

from collections.abc import Mapping
from typing import Any, Final

import jwt
from jwt.types import Options

from ingest.sources.issuer import Issuer
from shared.sources import OidcAuth

_LONGEST: Final = 8 * 1024
_ALGORITHMS: Final = ("RS256", "ES256")
# Seconds by which the clocks of issuer and ingest may differ.
_LEEWAY: Final = 30
_SIGNED: Final[Options] = {"require": ["exp", "iat", "iss", "aud"]}
# Without the signature PyJWT checks nothing else either unless it is told to.
_UNSIGNED: Final[Options] = {
    **_SIGNED,
    "verify_signature": False,
    "verify_exp": True,
    "verify_nbf": True,
    "verify_iat": True,
    "verify_aud": True,
    "verify_iss": True,
}


class OidcCheck:
    def __init__(self, auth: OidcAuth) -> None:
        self._email = auth.email
        self._wanted: dict[str, Any] = {
            "audience": auth.audience,
            # Google writes its own name in both ways.
            "issuer": [auth.issuer, auth.issuer.removeprefix("https://")],
            "leeway": _LEEWAY,
        }
        self._issuer = Issuer(auth.issuer)

    async def accepts(self, header: str | None) -> bool:
        """Raises KeysAwayError if it cannot be said."""
        scheme, _, given = (header or "").partition(" ")
        if scheme.lower() != "bearer" or len(given) > _LONGEST:
            return False
        token = given.strip()
        try:
            head = jwt.get_unverified_header(token)
            # Only a token that may be right is a reason to ask its issuer for a key.
            if head.get("alg") not in _ALGORITHMS or not self._claims_to_be(token):
                return False
            key = await self._issuer.key(head.get("kid"))
            return key is not None and self._is_theirs(token, key)
        except (jwt.PyJWTError, ValueError):
            return False

    def _claims_to_be(self, token: str) -> bool:
        """Whether it would be right if it were signed, which proves nothing; raises PyJWTError."""
        return self._is_account(jwt.decode(token, options=_UNSIGNED, **self._wanted))

    def _is_theirs(self, token: str, key: jwt.PyJWK) -> bool:
        """Raises PyJWTError."""
        algorithms = list(_ALGORITHMS)
        return self._is_account(
            jwt.decode(token, key, algorithms=algorithms, options=_SIGNED, **self._wanted)
        )

    def _is_account(self, claims: Mapping[str, Any]) -> bool:
        return claims.get("email") == self._email and claims.get("email_verified") is True
