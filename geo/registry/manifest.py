"""A manifest: its bytes as they came, and what they name. Pure."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, NamedTuple, Self

import msgspec

from geo.registry import media_types, names
from geo.registry.descriptor import Descriptor
from geo.registry.errors import RegistryError
from shared.text import printable

_LONGEST_SHOWN: Final = 100


class _Entry(msgspec.Struct):
    digest: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    media_type: str = msgspec.field(name="mediaType", default="")
    urls: list[str] | None = None


class _Body(msgspec.Struct):
    media_type: str = msgspec.field(name="mediaType", default="")
    config: _Entry | None = None
    layers: list[_Entry] | None = None
    manifests: list[_Entry] | None = None
    subject: _Entry | None = None


_READER: Final = msgspec.json.Decoder(_Body)


class Manifest(NamedTuple):
    """Of an image or an index; `body` is what `digest` is of."""

    media_type: str
    digest: str
    body: bytes

    @classmethod
    def read(cls, body: bytes, *, served_as: str, digest: str) -> Self:
        """What a registry has served as `served_as`, whose digest is checked.

        Raises RegistryError if it is no manifest of a known kind, or may be read as two kinds.
        """
        content = _parsed(body)
        is_index = content.manifests is not None
        # https://github.com/advisories/GHSA-77vh-xpmg-72qh
        if is_index and (content.layers is not None or content.config is not None):
            raise RegistryError(f"manifest {digest} may be read as an index or as an image")
        media_type = _kind(served_as, content.media_type, is_index=is_index)
        if is_index is not (media_type in media_types.INDEXES):
            raise RegistryError(f"manifest {digest} is not what its media type says it is")
        for entry in _entries(content):
            names.digest(entry.digest)
        return cls(media_type, digest, body)

    @property
    def blobs(self) -> Sequence[Descriptor]:
        """Each once, without those that are to be had only elsewhere.

        An index may name blobs too, as caches of builders do.
        """
        content = _parsed(self.body)
        found = [*filter(None, [content.config]), *(content.layers or ())]
        found += [one for one in content.manifests or () if not _is_manifest(one)]
        return _once(one for one in found if not _is_foreign(one))

    @property
    def children(self) -> Sequence[Descriptor]:
        """The manifests that an index names, each once."""
        return _once(one for one in _parsed(self.body).manifests or () if _is_manifest(one))

    @property
    def subject(self) -> Descriptor | None:
        """The manifest that this one is about, which need not be there."""
        entry = _parsed(self.body).subject
        return None if entry is None else _descriptor(entry)


def _parsed(body: bytes) -> _Body:
    try:
        return _READER.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RegistryError(f"a manifest cannot be read: {printable(str(error), 200)}") from None


def _kind(served_as: str, says: str, *, is_index: bool) -> str:
    known = [one for one in (served_as, says) if one in media_types.KNOWN]
    if not known and (found := {served_as, says} & media_types.OUTDATED):
        raise RegistryError(
            f"a manifest is of schema 1 ({found.pop()}), which registries no longer take"
        )
    if len(set(known)) > 1:
        raise RegistryError(f"a manifest says that it is {known[1]}, and is served as {known[0]}")
    if known:
        return known[0]
    if says:
        raise RegistryError(f"a manifest is of no known kind: {printable(says, _LONGEST_SHOWN)!r}")
    # OCI lets a manifest be silent on its kind, and plain files are served with any type at all.
    return media_types.OCI_INDEX if is_index else media_types.OCI_MANIFEST


def _entries(content: _Body) -> Iterator[_Entry]:
    yield from filter(None, [content.config, content.subject])
    yield from content.layers or ()
    yield from content.manifests or ()


def _is_manifest(entry: _Entry) -> bool:
    return entry.media_type in media_types.KNOWN | media_types.OUTDATED


def _is_foreign(entry: _Entry) -> bool:
    return bool(entry.urls) and entry.media_type.startswith(media_types.FOREIGN)


def _once(entries: Iterator[_Entry]) -> list[Descriptor]:
    return list({one.digest: _descriptor(one) for one in entries}.values())


def _descriptor(entry: _Entry) -> Descriptor:
    return Descriptor(entry.media_type, entry.digest, entry.size)
