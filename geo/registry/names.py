"""What may stand in a registry's paths: texts from a registry are hostile until they are checked.

The grammar is https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

import hashlib
import re
from typing import Final, Protocol

from geo.registry.errors import RegistryError
from shared import repository_path
from shared.text import printable

_TAG: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_ALGORITHM: Final = re.compile(r"([a-z0-9]+(?:[+._-][a-z0-9]+)*):")
_HEADER_TEXT: Final = re.compile(r"[!-~]+")
_LONGEST_SHOWN: Final = 100


class Hash(Protocol):
    """As hashlib's."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> "Hash": ...


def is_tag(text: str) -> bool:
    return bool(_TAG.fullmatch(text))


def is_digest(text: str) -> bool:
    """Whether it is a digest that can be checked here."""
    return bool(_DIGEST.fullmatch(text))


def repository(text: str) -> str:
    """The text, if a repository can be called so. Raises RegistryError."""
    if not repository_path.is_path(text):
        raise RegistryError(f"no repository can be called {_shown(text)}")
    return text


def tag(text: str) -> str:
    """The text, if it can be a tag. Raises RegistryError."""
    if not is_tag(text):
        raise RegistryError(f"no tag can be called {_shown(text)}")
    return text


def digest(text: str) -> str:
    """The text, if it is a digest that can be checked. Raises RegistryError."""
    if not is_digest(text):
        found = _ALGORITHM.match(text)
        if found and found[1] not in {"sha256", "sha512"}:
            raise RegistryError(
                f"{_shown(text)} cannot be checked: only digests by sha256 and sha512 are"
            )
        raise RegistryError(f"{_shown(text)} is no digest")
    return text


def reference(text: str) -> str:
    """The text, if it is a tag or a digest; a tag has no colon. Raises RegistryError."""
    return digest(text) if ":" in text else tag(text)


def hash_of(checked_digest: str) -> Hash:
    """A new hash by the digest's algorithm."""
    return hashlib.new(checked_digest.partition(":")[0])


def digest_of(body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


def is_header_text(text: str) -> bool:
    """Whether it can be a part of a header as it is."""
    return bool(_HEADER_TEXT.fullmatch(text))


def _shown(text: str) -> str:
    return repr(printable(text, _LONGEST_SHOWN))
