"""Manifests of a registry: looked for, fetched, put and deleted."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final

import msgspec

from geo.registry import media_types, names, paths, refusal
from geo.registry.answer import Answer, Request
from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError, NotFoundError, UnsupportedError
from geo.registry.listing import pages
from geo.registry.location import Location
from geo.registry.manifest import Manifest
from geo.registry.requests import Requests

_ACCEPT: Final = {"Accept": media_types.ACCEPT}
_DIGEST: Final = "Docker-Content-Digest"
# Whoever sends it is a registry, and no proxy before one that is away.
_VERSION: Final = "Docker-Distribution-Api-Version"
# Of a path that the registry does not know.
_NO_REFERRERS: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class _Referrer(msgspec.Struct):
    digest: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    media_type: str = msgspec.field(name="mediaType", default="")


class _Referrers(msgspec.Struct):
    manifests: list[_Referrer] | None = None


class Manifests:
    """Of one registry."""

    def __init__(self, requests: Requests, location: Location) -> None:
        self._requests = requests
        self._location = location
        # Until it has said that it does not.
        self.knows_referrers = True

    async def descriptor(self, repository: str, reference: str) -> Descriptor | None:
        """As the registry says it, unchecked; None if the registry itself says there is none."""
        answer = await self._asked("HEAD", repository, reference)
        if answer.status == HTTPStatus.NOT_FOUND and _VERSION in answer.headers:
            return None
        size = answer.headers.get("Content-Length", "")
        digest = answer.headers.get(_DIGEST, "")
        if answer.status == HTTPStatus.OK and size.isdecimal() and names.is_digest(digest):
            if ":" in reference and reference != digest:
                raise DigestError(f"{answer.asked} was answered for {digest}")
            return Descriptor(_media_type(answer), digest, int(size))
        # Without a word of what it is or is not, only the whole answer says.
        try:
            manifest = await self.fetch(repository, reference)
        except NotFoundError:
            return None
        return Descriptor(manifest.media_type, manifest.digest, len(manifest.body))

    async def fetch(self, repository: str, reference: str) -> Manifest:
        """Raises RegistryError, DigestError if its bytes are not those of its digest."""
        answer = await self._asked("GET", repository, reference)
        if answer.status != HTTPStatus.OK:
            raise refusal.of(answer)
        said = reference if ":" in reference else answer.headers.get(_DIGEST, "")
        if not names.is_digest(said):
            said = names.digest_of(answer.body)
        digest = names.digest_of(answer.body, said.partition(":")[0])
        if said != digest:
            raise DigestError(f"{answer.asked} was answered with other bytes than those of {said}")
        return Manifest.read(answer.body, served_as=_media_type(answer), digest=digest)

    async def put(self, repository: str, reference: str, manifest: Manifest) -> None:
        if ":" in reference and reference != manifest.digest:
            raise DigestError(f"a manifest {manifest.digest} cannot be put as {reference}")
        url = paths.manifest(self._location, repository, reference)
        scope = paths.push_scope(repository)
        headers = {"Content-Type": manifest.media_type}
        request = Request("PUT", url, scope, headers, manifest.body)
        answer = await self._requests.answer(request)
        # Distribution says so too of a child whose link it is writing just then, for another tag.
        if answer.status == HTTPStatus.BAD_REQUEST and b"DIGEST_INVALID" in answer.body:
            answer = await self._requests.answer(request)
        if answer.status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
            raise refusal.of(answer)
        said = answer.headers.get(_DIGEST, manifest.digest)
        if said != manifest.digest and said.partition(":")[0] == manifest.digest.partition(":")[0]:
            raise DigestError(f"{answer.asked} has stored other bytes than those that were sent")

    async def delete(self, repository: str, reference: str) -> None:
        url = paths.manifest(self._location, repository, reference)
        answer = await self._requests.answer(Request("DELETE", url, paths.delete_scope(repository)))
        if answer.status in {HTTPStatus.ACCEPTED, HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            return
        fault = refusal.of(answer)
        # Before its version 3, Distribution takes a tag for a digest that is none.
        if answer.status == HTTPStatus.BAD_REQUEST and ":" not in reference:
            raise UnsupportedError(str(fault))
        raise fault

    async def referrers(self, repository: str, digest: str) -> Sequence[Descriptor]:
        if not self.knows_referrers:
            return []
        url = paths.referrers(self._location, repository, digest)
        scope = paths.pull_scope(repository)
        found: list[Descriptor] = []
        async for page in pages(self._requests, url, scope, _Referrers, is_none=self._has_none):
            found += [
                Descriptor(one.media_type, names.digest(one.digest), one.size)
                for one in page.manifests or ()
            ]
        return found

    def _has_none(self, answer: Answer) -> bool:
        if answer.status not in _NO_REFERRERS:
            return False
        # By the registry itself, but not with an error of its API: it has no such address.
        if _VERSION in answer.headers and not _media_type(answer).endswith("json"):
            self.knows_referrers = False
        return True

    async def _asked(self, method: str, repository: str, reference: str) -> Answer:
        url = paths.manifest(self._location, repository, reference)
        scope = paths.pull_scope(repository)
        return await self._requests.answer(Request(method, url, scope, _ACCEPT))


def _media_type(answer: Answer) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
