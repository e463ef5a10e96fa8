"""What the URLs of the broker and of the database say of TLS, as their clients read it."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from shared.tls_files import TlsFileError, show, trust

# https://docs.aio-pika.com/quick-start.html#tls-connection
_OF_AMQP: Final = ("cafile", "capath", "cadata", "certfile", "keyfile", "no_verify_ssl")
_UNVERIFIED: Final = "no_verify_ssl"


def check_amqp(url: str) -> None:
    """Raises ValueError: its connection would be without TLS, unverified or impossible."""
    query = _query(url)
    given = [name for name in _OF_AMQP if name in query]
    if given and not url.startswith("amqps://"):
        raise ValueError(f"{given[0]} is for amqps://, and this is amqp://, without TLS")
    # The client takes any other text for a yes.
    if query.get(_UNVERIFIED, "0") not in {"0", "1"}:
        raise ValueError(f"{_UNVERIFIED} must be 0, or 1 to believe any certificate")
    _check_files(query, "cafile", "certfile", "keyfile")


def check_database(url: str) -> None:
    """Raises ValueError: a file that it names cannot be used."""
    _check_files(_query(url), "sslrootcert", "sslcert", "sslkey", password="sslpassword")  # noqa: S106  a name


def is_unverified(url: str) -> bool:
    """Whether an amqps:// URL says that any certificate is believed."""
    return _query(url).get(_UNVERIFIED) == "1"


def _check_files(
    query: Mapping[str, str], authorities: str, own: str, key: str, *, password: str = ""
) -> None:
    scratch = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if file := query.get(authorities):
            trust(scratch, Path(file))
        if file := query.get(own):
            mine = Path(query.get(key) or file)
            show(scratch, Path(file), mine, password=query.get(password, ""))
        elif query.get(key):
            raise ValueError(f"{key} stands in it without {own}")
    except TlsFileError as error:
        raise ValueError(str(error)) from None


def _query(url: str) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
