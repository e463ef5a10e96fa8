"""Whose certificates of registries are believed; they are never left unchecked."""

import ssl
from pathlib import Path

from shared import tls_files


class TrustError(Exception):
    """The file of authorities cannot be used; says why."""


def context(ca_file: Path | None) -> ssl.SSLContext:
    """The system's authorities and those in the file (PEM). Raises TrustError."""
    trusted = ssl.create_default_context()
    if ca_file is not None:
        try:
            tls_files.trust(trusted, ca_file)
        except tls_files.TlsFileError as error:
            raise TrustError(str(error)) from None
    return trusted
