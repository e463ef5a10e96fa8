"""A registry: what it has, and what it is given."""

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec

from geo.registry import names, paths
from geo.registry.authorization import Authorization
from geo.registry.blobs import Blobs
from geo.registry.credentials import Credentials
from geo.registry.descriptor import Descriptor
from geo.registry.exchange import Exchange
from geo.registry.listing import pages
from geo.registry.location import Location
from geo.registry.manifest import Manifest
from geo.registry.manifests import Manifests
from geo.registry.requests import Requests
from geo.registry.tokens import Tokens


class _Catalogue(msgspec.Struct):
    repositories: list[str] | None = None


class _Tags(msgspec.Struct):
    tags: list[str] | None = None


class Registry:
    """At most `connections` short requests and as many streams are under way at once.

    `timeout` are the seconds until a connection stands, and between two reads or writes. Every
    method raises RegistryError, of names that cannot be too; what may be repeated has been, then.
    """

    def __init__(
        self,
        location: Location,
        *,
        credentials: Credentials,
        tls: ssl.SSLContext | None,
        connections: int = 16,
        timeout: float = 30.0,
    ) -> None:
        self.location = location
        login = credentials.of(location)
        self._exchange = Exchange(tls, seconds=timeout)
        authorization = Authorization(location, login, Tokens(self._exchange, login))
        self._requests = Requests(location, self._exchange, authorization, connections=connections)
        self._manifests = Manifests(self._requests, location)
        self._blobs = Blobs(self._requests, location, connections=connections, seconds=timeout)

    async def __aenter__(self) -> Self:
        await self._exchange.open()
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self._exchange.close()

    async def repositories(self) -> AsyncIterator[str]:
        """All, or an error: never a part of them that looks like the whole."""
        url, scope = paths.catalogue(self.location), paths.CATALOGUE_SCOPE
        async for page in pages(self._requests, url, scope, _Catalogue):
            for one in page.repositories or ():
                yield names.repository(one)

    async def tags(self, repository: str) -> AsyncIterator[str]:
        """As `repositories`; NotFoundError if there is no such repository."""
        url, scope = paths.tags(self.location, repository), paths.pull_scope(repository)
        async for page in pages(self._requests, url, scope, _Tags):
            for one in page.tags or ():
                yield names.tag(one)

    async def digest(self, repository: str, reference: str) -> Descriptor | None:
        """What a manifest is, for comparison only: the registry says so, nobody has checked it.

        None if the registry has none.
        """
        return await self._manifests.descriptor(repository, reference)

    async def manifest(self, repository: str, reference: str) -> Manifest:
        """As its bytes are; DigestError if they are not those of its digest, NotFoundError."""
        return await self._manifests.fetch(repository, reference)

    async def put_manifest(self, repository: str, reference: str, manifest: Manifest) -> None:
        """Byte for byte, after all that it names."""
        await self._manifests.put(repository, reference, manifest)

    async def referrers(self, repository: str, digest: str) -> Sequence[Descriptor]:
        """The manifests about this one; none from a registry that does not know of them.

        Such a one has them under the tag `sha256-...` instead, which is a tag as any other.
        """
        return await self._manifests.referrers(repository, digest)

    async def has_blob(self, repository: str, digest: str) -> bool:
        return await self._blobs.has(repository, digest)

    async def mount(self, repository: str, digest: str, *, from_repository: str) -> bool:
        """Have a blob of another repository of this registry; False if it was not to be had."""
        return await self._blobs.mount(repository, digest, from_repository)

    async def copy_blob(
        self,
        blob: Descriptor,
        *,
        from_: "Registry",
        from_repository: str,
        to_repository: str,
        told: Callable[[int], None],
    ) -> None:
        """From another registry into this one, every byte hashed; it goes on after a cut.

        `told` hears how many bytes more are on their way, of each once. DigestError if they are
        others than those of the digest; the target then has none of them.
        """
        await self._blobs.copy(blob, from_._blobs, from_repository, to_repository, told)  # noqa: SLF001  another of this class

    async def delete(self, repository: str, reference: str) -> None:
        """By its digest, with its tags, or a tag alone; UnsupportedError, NotFoundError."""
        await self._manifests.delete(repository, reference)
