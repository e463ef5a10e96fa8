"""What a manifest says of something that it names."""

from typing import NamedTuple


class Descriptor(NamedTuple):
    """`size` is in bytes; https://github.com/opencontainers/image-spec has it in descriptor.md."""

    media_type: str
    digest: str
    size: int
