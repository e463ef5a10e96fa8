"""Who we are to each registry, from a file as docker, podman and skopeo keep it.

https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, Self

import msgspec

from geo.registry.location import Location


class CredentialsError(Exception):
    """The file cannot be used; says why, and nothing of what stands in it."""


class Login(NamedTuple):
    user: str
    password: str

    def __repr__(self) -> str:
        return "Login(****)"

    @property
    def basic(self) -> str:
        """The `Authorization` header (RFC 7617)."""
        return f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"


class _Entry(msgspec.Struct):
    auth: str = ""
    username: str = ""
    password: str = ""


class _File(msgspec.Struct):
    auths: dict[str, _Entry] = {}


_READER: Final = msgspec.json.Decoder(_File)


class Credentials:
    """By registry; programs that keep passwords (`credsStore`, `credHelpers`) are not run."""

    def __init__(self, logins: Mapping[str, Login]) -> None:
        self._logins = logins

    @classmethod
    def none(cls) -> Self:
        return cls({})

    @classmethod
    def read(cls, path: Path | None) -> Self:
        """Those in the file, if there is one. Raises CredentialsError."""
        if path is None:
            return cls.none()
        try:
            auths = _READER.decode(path.read_bytes()).auths
        except OSError as error:
            raise CredentialsError(f"{path} cannot be read: {error.strerror}") from None
        except (msgspec.MsgspecError, RecursionError):
            # What it says of the fault may quote the file.
            raise CredentialsError(f"{path} is no JSON as docker keeps it") from None
        return cls({_host(name): _login(path, name, entry) for name, entry in auths.items()})

    def of(self, location: Location) -> Login | None:
        return self._logins.get(location.name)


def _host(name: str) -> str:
    """Docker once wrote whole URLs; what stands below a host's name is of its namespaces alone."""
    without_scheme = name.partition("://")[2] or name
    host, _, path = without_scheme.partition("/")
    return host if path in {"", "v1/", "v2/", "v1", "v2"} else without_scheme


def _login(path: Path, name: str, entry: _Entry) -> Login:
    if not entry.auth:
        return Login(entry.username, entry.password)
    try:
        user, colon, password = base64.b64decode(entry.auth, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise CredentialsError(f"{path}: `auth` of {name} is not USER:PASSWORD in base64")
    # Docker pads with NUL.
    return Login(user, password.rstrip("\0"))
