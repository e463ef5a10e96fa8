"""Sessions, and the keys of forms that belong to one."""

import hmac
import secrets
from hashlib import sha256


class FormKeys:
    """What a form of ours carries, so that another site's form cannot be taken for it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def key(self, session: str) -> str:
        return hmac.new(self._key, session.encode("utf-8", "replace"), sha256).hexdigest()

    def fits(self, key: str, session: str) -> bool:
        return bool(session) and hmac.compare_digest(
            key.encode("utf-8", "replace"), self.key(session).encode()
        )


def new_session() -> str:
    return secrets.token_urlsafe(32)
