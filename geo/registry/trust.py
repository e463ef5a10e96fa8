"""Whose certificates of registries are believed; they are never left unchecked."""

import ssl
from pathlib import Path


class TrustError(Exception):
    """The file of authorities cannot be used; says why."""


def context(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities and those in the file (PEM). Raises TrustError."""
    trusted = ssl.create_default_context()
    if ca_file is not None:
        try:
            trusted.load_verify_locations(cafile=ca_file)
        except ssl.SSLError:
            raise TrustError(f"{ca_file} holds no certificate in PEM") from None
        except OSError as error:
            raise TrustError(f"{ca_file} cannot be read: {error.strerror}") from None
    return trusted
