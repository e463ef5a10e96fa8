"""What copying has done so far, for a progress bar and for metrics."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """`bytes` are those of blobs that were streamed, also of copies that did not come to an end."""

    blobs: int = 0
    bytes: int = 0
    mounted: int = 0
    manifests: int = 0
    tags: int = 0
    deleted: int = 0

    def streamed(self, size: int) -> None:
        self.bytes += size
