"""What opens the log to a site over HTTP. Kept as its digest, so that no copy of the table does."""

import hashlib
import secrets
from typing import Final

_BYTES: Final = 32


def new() -> str:
    """256 bits of chance: nothing that a slow digest would have to keep from being guessed."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> bytes:
    """As it stands in `geo_sites.token_hash`."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
