"""Files in PEM, of authorities and of a certificate with its key, given to a context of TLS."""

import ssl
from pathlib import Path

from shared.text import printable


class TlsFileError(Exception):
    """A file cannot be used; says which and why."""


def trust(context: ssl.SSLContext, authorities: Path) -> None:
    """Believe whoever these vouch for, too. Raises TlsFileError."""
    _require_readable(authorities)
    try:
        context.load_verify_locations(cafile=authorities)
    except ssl.SSLError:
        raise TlsFileError(f"{_said(authorities)} holds no certificate in PEM") from None


def show(context: ssl.SSLContext, certificate: Path, key: Path, *, password: str = "") -> None:
    """Show this certificate, with the chain behind it, to the other side. Raises TlsFileError.

    Both may stand in one file. A key that wants a password asks nobody at a terminal for it.
    """
    _require_readable(certificate)
    _require_readable(key)
    asked = []

    def tell() -> str:
        asked.append(True)
        return password

    try:
        context.load_cert_chain(certificate, key, password=tell)
    except ssl.SSLError as error:
        why = _why(certificate, key, error.reason or "", is_encrypted=bool(asked))
        raise TlsFileError(why) from None


def _why(certificate: Path, key: Path, reason: str, *, is_encrypted: bool) -> str:
    if "MISMATCH" in reason:
        return f"the key in {_said(key)} is not that of the certificate in {_said(certificate)}"
    if is_encrypted:
        return f"the key in {_said(key)} is encrypted, with another password if one is given"
    return f"{_said(certificate)} holds no certificate in PEM, or {_said(key)} no key"


def _require_readable(file: Path) -> None:
    # OpenSSL would not say which of them it cannot read.
    try:
        with file.open("rb"):
            pass
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "is no name of a file"
        raise TlsFileError(f"{_said(file)} cannot be read: {why}") from None


def _said(file: Path) -> str:
    return printable(str(file), 200)
