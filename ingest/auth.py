"""Who may send notifications: a registry can only send fixed headers, so a token it is."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Iterable
from hashlib import sha256

from shared.text import from_bytes


class TokenCheck:
    """Accepts the `Authorization` header that is one of the tokens.

    Raw, as `Bearer <token>`, or as the password of `Basic`, whatever the user: some senders have
    no more than a URL, `https://user:token@ingest/`.

    Several tokens are valid at once, so that one can be exchanged for the next without a gap.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        accepted = list(tokens)
        self._tokens = [digest_of(token) for token in accepted]
        # The headers that nearly all send: for these one digest is enough.
        self._usual = [*self._tokens, *(digest_of(f"Bearer {token}") for token in accepted)]

    def accepts(self, header: str | None) -> bool:
        if header is None:
            return False
        if is_one_of(self._usual, header):
            return True
        scheme, _, credentials = header.partition(" ")
        match scheme.lower():
            case "bearer":
                return is_one_of(self._tokens, credentials.strip())
            case "basic":
                return is_one_of(self._tokens, _password(credentials.strip()))
        return False


def is_one_of(digests: Iterable[bytes], text: str) -> bool:
    """Whether one of the digests is that of `text`."""
    given = digest_of(text)
    found = False
    # Each is compared: the time taken says nothing about which is near.
    for digest in digests:
        found |= hmac.compare_digest(digest, given)
    return found


def _password(credentials: str) -> str:
    """Empty, and so no token, if they are none as RFC 7617 writes them."""
    try:
        decoded = b64decode(credentials.encode("utf-8", "surrogateescape"), validate=True)
    except binascii.Error:
        return ""
    return from_bytes(decoded).partition(":")[2]


def digest_of(text: str) -> bytes:
    """What is kept of a secret, to be compared."""
    # compare_digest refuses texts that are not ASCII, and lengths would show.
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
