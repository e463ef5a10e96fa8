"""Which connections to other machines anybody on the way can read, or pose as the server of."""

import os
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from shared import tls_urls
from shared.configuration import secret, variable
from shared.settings import Settings
from shared.text import printable

# https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
_UNVERIFIED_MODES: Final = {
    "": "without sslmode, which tries TLS, verifies nothing and does without it",
    "disable": "with sslmode=disable, without TLS",
    "allow": "with sslmode=allow, which does without TLS",
    "prefer": "with sslmode=prefer, which verifies nothing and does without TLS",
    "require": "with sslmode=require, which believes any certificate unless sslrootcert is given",
}


def exposed(settings: Settings) -> Sequence[str]:
    """A line for each."""
    return [
        *(_of_broker(secret(settings.amqp_url)) if settings.amqp_url else ()),
        *(_of_database(secret(settings.database_url)) if settings.database_url else ()),
    ]


def _of_broker(url: str) -> Iterator[str]:
    elsewhere = [host for host in _hosts(urlsplit(url).netloc, None) if not _is_here(host)]
    if tls_urls.is_unverified(url):
        yield f"{variable('amqp_url')}: no_verify_ssl=1 believes any certificate"
    elif url.startswith("amqp://") and elsewhere:
        place = printable(elsewhere[0], 200)
        yield f"{variable('amqp_url')}: it leads to {place} without TLS; say amqps://"


def _of_database(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    mode = query.get("sslmode", [os.environ.get("PGSSLMODE", "")])[0]
    elsewhere = [host for host in _hosts(parts.netloc, query.get("host")) if not _is_here(host)]
    if elsewhere and mode in _UNVERIFIED_MODES:
        place, how = printable(elsewhere[0], 200), _UNVERIFIED_MODES[mode]
        yield (
            f"{variable('database_url')}: it leads to {place} {how}; say sslmode=verify-full"
            "&sslrootcert=FILE"
        )


def _hosts(netloc: str, asked: Sequence[str] | None) -> Sequence[str]:
    """As asyncpg finds them: several may be given, each with its port."""
    given = netloc.rpartition("@")[2] or ",".join(asked or [os.environ.get("PGHOST", "")])
    return [unquote(urlsplit(f"//{one}").hostname or "") for one in given.split(",")]


def _is_here(host: str) -> bool:
    """Whether it is this machine, by a loopback address or by a socket's directory."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"} or host.startswith("/")
