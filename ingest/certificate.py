"""The certificate that registries see: read again when its files change, without a restart."""

import asyncio
import ssl
from pathlib import Path
from typing import Final

from shared import tls_files
from shared.logs import get_logger
from shared.service import StartError
from shared.settings import Settings
from shared.tls_files import TlsFileError

_BETWEEN_LOOKS: Final = 1.0

# What changes with a file, also with one that a link leads to from then on.
_Mark = tuple[int, int, int]


class Certificate:
    """Shown to each new connection through `tls`, which is made once. Raises TlsFileError."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._marks = self._look()
        self._shown = self._read()
        self.tls = self._read()
        self.tls.sni_callback = self._show

    async def watch(self) -> None:
        """For ever: a pair that cannot be used is told once, and the one from before stays."""
        while True:
            await asyncio.sleep(_BETWEEN_LOOKS)
            if (marks := self._look()) != self._marks:
                self._marks = marks
                self._change()

    def _change(self) -> None:
        try:
            self._shown = self._read()
        except TlsFileError as error:
            get_logger().warning("certificate.kept", error=str(error))
        else:
            get_logger().info("certificate.changed")

    def _read(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        tls_files.show(context, *self._files)
        return context

    def _show(self, connection: ssl.SSLObject, _name: str | None, _first: ssl.SSLContext) -> None:
        """Called for each handshake, also without a name.

        Loading into the first context again would leave it without a key where the files change
        in between.
        """
        connection.context = self._shown

    def _look(self) -> list[_Mark | None]:
        return [_mark(file) for file in self._files]


def certificate_of(settings: Settings) -> Certificate | None:
    """None without TLS. Raises StartError."""
    if settings.ingest_tls_cert is None or settings.ingest_tls_key is None:
        return None
    try:
        return Certificate(settings.ingest_tls_cert, settings.ingest_tls_key)
    except TlsFileError as error:
        raise StartError(f"no TLS: {error}") from None


def _mark(file: Path) -> _Mark | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
