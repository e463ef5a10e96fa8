"""A body as a text that can be read, whatever the sender wrapped it in."""

import zlib
from typing import Final

from shared.text import from_bytes, to_bytes

# Bytes of an unpacked body; a bomb is left as it is.
_LARGEST: Final = 16 * 1024 * 1024
_PACKED: Final = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MARK: Final = "\ufeff"
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


def readable(body: str) -> str:
    """The body without a byte order mark, unpacked if it is compressed (gzip, zlib)."""
    is_packed = to_bytes(body[:2]).startswith(_PACKED)
    return (_unpacked(body) if is_packed else body).removeprefix(_MARK)


def _unpacked(body: str) -> str:
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        unpacked = unpacking.decompress(to_bytes(body), _LARGEST)
    except zlib.error:
        return body
    return from_bytes(unpacked) if unpacking.eof else body
