"""Who may send notifications: a registry can only send fixed headers, so a token it is."""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

_SCHEME: Final = "bearer "


class TokenCheck:
    """Accepts the `Authorization` header that is one of the tokens, raw or as `Bearer <token>`.

    Several tokens are valid at once, so that one can be exchanged for the next without a gap.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._digests = [_digest(token) for token in tokens]

    def accepts(self, header: str | None) -> bool:
        if header is None:
            return False
        given = [_digest(header)]
        if header[: len(_SCHEME)].lower() == _SCHEME:
            given.append(_digest(header[len(_SCHEME) :].strip()))
        accepted = False
        # Every pair is compared: the time taken says nothing about which token is near.
        for digest in self._digests:
            for candidate in given:
                accepted |= hmac.compare_digest(digest, candidate)
        return accepted


def _digest(text: str) -> bytes:
    # compare_digest refuses texts that are not ASCII, and lengths would show.
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
