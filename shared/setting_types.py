"""What a setting may be: checked when it is read, with a sentence for its operator."""

import re
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from shared import hosts, tls_urls

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# From a day to a century.
Age = Annotated[float, Field(ge=86_400, le=100 * 365.25 * 86_400, allow_inf_nan=False)]
_TOKEN: Final = re.compile(r"[!-~]+")
# A stream forgets whole files, so that minutes would promise too much.
_KEPT: Final = re.compile(r"([1-9][0-9]{0,4})([hd])")
_HEADER_LINE: Final = re.compile(r"[A-Za-z0-9-]+: *[!-~][ -~]*")


def _split_tokens(value: object) -> object:
    """Tokens stand one a line or separated by commas, so that a file and a variable read alike."""
    if not isinstance(value, str):
        return value
    tokens = [token.strip() for token in value.replace("\n", ",").split(",") if token.strip()]
    if not tokens:
        raise ValueError("holds no token")
    return tokens


def _check_listen(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004
        raise ValueError("must be HOST:PORT, for example 127.0.0.1:8080 (port 0 takes a free one)")
    return value


def _check_url(*schemes: str, needs_host: bool) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        scheme, separator, rest = value.get_secret_value().partition("://")
        if not separator or not rest or scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        addresses = hosts.each(value.get_secret_value())
        try:
            named = [(parts.hostname, parts.port) for parts in map(urlsplit, addresses)]
        except ValueError:
            raise ValueError(
                "cannot be read: special characters in a password stand percent-encoded"
            ) from None
        if needs_host and not any(host for host, _ in named):
            raise ValueError("names no host")
        if len(named) > 1 and not all(host for host, _ in named):
            raise ValueError("a host is missing beside a comma")
        return value

    return AfterValidator(check)


def _check_tls(check: Callable[[str], None]) -> AfterValidator:
    def checked(value: SecretStr) -> SecretStr:
        check(value.get_secret_value())
        return value

    return AfterValidator(checked)


def _check_urls(value: str) -> str:
    for url in filter(None, (part.strip() for part in value.split(","))):
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must be http://HOST:PORT, several separated by commas")
    return value


def _check_header_line(value: SecretStr) -> SecretStr:
    if not _HEADER_LINE.fullmatch(value.get_secret_value()):
        raise ValueError("must be NAME: VALUE, for example Authorization: Bearer ...")
    return value


def _check_token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("must be one token, without blanks and line breaks")
    return value


def _check_kept(value: str) -> str:
    if value and not _KEPT.fullmatch(value):
        raise ValueError("must be an age in hours or days, for example 7d or 36h")
    return value


def kept_seconds(value: str) -> int:
    """Of an age that `Kept` has checked; 0 of none."""
    found = _KEPT.fullmatch(value)
    return int(found[1]) * {"h": 3_600, "d": 86_400}[found[2]] if found else 0


Kept = Annotated[str, AfterValidator(_check_kept)]
Tokens = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split_tokens)]
Listen = Annotated[str, AfterValidator(_check_listen)]
Urls = Annotated[str, AfterValidator(_check_urls)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$")]
AmqpUrl = Annotated[
    SecretStr, _check_url("amqp", "amqps", needs_host=True), _check_tls(tls_urls.check_amqp)
]
DatabaseUrl = Annotated[
    SecretStr,
    _check_url("postgresql", "postgres", needs_host=False),
    _check_tls(tls_urls.check_database),
]
HttpUrl = Annotated[SecretStr, _check_url("http", "https", needs_host=True)]
Token = Annotated[SecretStr, AfterValidator(_check_token)]
HeaderLine = Annotated[SecretStr, AfterValidator(_check_header_line)]
