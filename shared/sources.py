"""Sources: the registries that an operator names, and how each proves that it is the sender."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

NAME: Final = "1 to 40 of a-z, 0-9 and -"
_NAME: Final = r"[a-z0-9-]{1,40}"
_Name = Annotated[str, StringConstraints(pattern=f"^{_NAME}$")]
_Header = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,100}$")]


def is_name(text: str) -> bool:
    return bool(re.fullmatch(_NAME, text))


def _hold(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not secrets or not all(secret.get_secret_value() for secret in secrets):
        raise ValueError("holds no secret, or an empty one")
    return secrets


Secrets: TypeAlias = Annotated[tuple[SecretStr, ...], AfterValidator(_hold)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _secrets_alone(value: object) -> object:
    """A list of secrets stands for all the rest as it mostly is."""
    return {"secrets": value} if isinstance(value, list | tuple) else value


class HeaderAuth(_Part):
    """A header that holds one of the secrets and nothing else."""

    name: _Header
    secrets: Secrets


class HmacAuth(_Part):
    """A header with the hexadecimal HMAC of the raw body, behind `prefix`.

    What is not given is as the source's registry has it.
    """

    secrets: Secrets
    header: _Header | None = None
    algorithm: Literal["sha256", "sha1"] | None = None
    prefix: Annotated[str, Field(max_length=40)] | None = None


class QueryAuth(_Part):
    """A parameter of the URL, for those that send nothing else."""

    secrets: Secrets
    parameter: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "token"


class OidcAuth(_Part):
    """A JSON Web Token of an issuer, for an audience, of one service account.

    Anybody may have Google sign a token for any audience: it is the e-mail address that counts.
    """

    issuer: Annotated[
        str, StringConstraints(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[!-~]+$")
    ] = "https://accounts.google.com"
    audience: Annotated[str, Field(min_length=1)]
    email: Annotated[str, Field(min_length=1)]


class Auth(_Part):
    """How a source proves who it is; of several kinds, any one is enough."""

    token: Secrets | None = None
    header: HeaderAuth | None = None
    hmac: Annotated[HmacAuth | None, BeforeValidator(_secrets_alone)] = None
    query: Annotated[QueryAuth | None, BeforeValidator(_secrets_alone)] = None
    oidc: OidcAuth | None = None
    none: Literal[True] | None = None

    @property
    def kinds(self) -> Sequence[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]

    @model_validator(mode="after")
    def _says_how(self) -> "Auth":
        if not self.kinds:
            raise ValueError("says nothing; it may have token, header, hmac, query or oidc")
        if self.none and len(self.kinds) > 1:
            raise ValueError("has none beside another one; which one counts?")
        return self


class Source(_Part):
    """`registry` is the kind of software, by the name that its route has."""

    name: _Name
    registry: _Name
    auth: Auth
    options: Mapping[str, str] = Field(default_factory=dict)
