"""Signatures: a header with the HMAC of the raw body.

Headers and prefixes as their makers write them: https://docs.github.com/en/webhooks,
https://docs.gitea.com/usage/webhooks, https://help.sonatype.com/en/working-with-hmac-payloads.html,
https://jfrog.com/help (webhooks), https://help.cloudsmith.io/docs/webhooks.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Self

from shared.sources import HmacAuth
from shared.text import to_bytes


class Scheme(NamedTuple):
    """How a registry signs; the prefix stands before the hexadecimal digest, or is left out."""

    header: str
    algorithm: str
    prefix: str = ""


SCHEMES: Final[Mapping[str, Scheme]] = {
    "artifactory": Scheme("X-JFrog-Event-Auth", "sha256"),
    "cloudsmith": Scheme("X-Cloudsmith-Signature", "sha1", "sha1="),
    "forgejo": Scheme("X-Forgejo-Signature", "sha256"),
    "ghcr": Scheme("X-Hub-Signature-256", "sha256", "sha256="),
    "gitea": Scheme("X-Gitea-Signature", "sha256"),
    "nexus": Scheme("X-Nexus-Webhook-Signature", "sha1"),
}
_UNTOLD: Final = Scheme("", "sha256")


class Signature:
    """One that a request shows, compared with what the secrets make of its body."""

    def __init__(self, shown: str, secrets: Sequence[bytes], algorithm: str) -> None:
        self._shown = to_bytes(shown.lower())
        self._digests = [hmac.new(secret, digestmod=algorithm) for secret in secrets]

    def update(self, piece: bytes) -> None:
        for digest in self._digests:
            digest.update(piece)

    @property
    def is_right(self) -> bool:
        """Of all that it was given."""
        found = False
        for digest in self._digests:
            found |= hmac.compare_digest(digest.hexdigest().encode(), self._shown)
        return found


class SignatureCheck:
    """Without a header of its own it has that of its source's registry, which then is known."""

    def __init__(self, auth: HmacAuth, registry: str) -> None:
        usual = SCHEMES.get(registry, _UNTOLD)
        self.header = auth.header or usual.header
        self._algorithm = auth.algorithm or usual.algorithm
        self._prefix = usual.prefix if auth.prefix is None else auth.prefix
        self._secrets = [secret.get_secret_value().encode() for secret in auth.secrets]

    @classmethod
    def of(cls, auth: HmacAuth | None, registry: str) -> Self | None:
        return cls(auth, registry) if auth else None

    def begun(self, headers: Mapping[str, str]) -> Signature | None:
        """None if the request shows no signature."""
        shown = headers.get(self.header)
        if not shown:
            return None
        return Signature(shown.removeprefix(self._prefix), self._secrets, self._algorithm)
