"""A registry of the tests that lists what it is told to, and fails as it is told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from console.local.network.ports import LOOPBACK, free_port
from geo.registry.location import Location

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}


@dataclass
class ListingRegistry:
    """`tags` are digests by repository and tag; `catalogue`, if given, what it lists instead.

    The catalogue has pages of two, of which one at `cut_at` is refused; so are requests of the
    repositories in `refused`. `asked` are the paths of requests.
    """

    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    catalogue: list[str] | None = None
    cut_at: int | None = None
    refused: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def location(self) -> Location:
        return Location.parse(f"http://{LOOPBACK}:{self.port}")

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path == "/v2/_catalog":
            return self._page(int(request.query.get("last", "0")))
        if request.path.endswith("/tags/list"):
            return self._tags(request.path.removeprefix("/v2/").removesuffix("/tags/list"))
        repository, _, tag = request.path.removeprefix("/v2/").rpartition("/manifests/")
        if repository in self.refused:
            return web.Response(status=403)
        digest = self.tags.get(repository, {}).get(tag)
        if digest is None:
            return web.json_response(
                {"errors": [{"code": "MANIFEST_UNKNOWN"}]}, status=404, headers=_VERSION
            )
        headers = {**_VERSION, "Docker-Content-Digest": digest, "Content-Type": MANIFEST}
        return web.Response(body=b"{}", headers=headers)

    def _page(self, at: int) -> web.Response:
        if at == self.cut_at:
            return web.Response(status=403)
        names = sorted(self.tags) if self.catalogue is None else self.catalogue
        more = {"Link": f'</v2/_catalog?last={at + 2}>; rel="next"'} if at + 2 < len(names) else {}
        return web.json_response({"repositories": names[at : at + 2]}, headers=more)

    def _tags(self, repository: str) -> web.Response:
        if repository in self.refused:
            return web.Response(status=403)
        if repository not in self.tags:
            return web.json_response({"errors": [{"code": "NAME_UNKNOWN"}]}, status=404)
        return web.json_response({"name": repository, "tags": list(self.tags[repository]) or None})


@asynccontextmanager
async def listing(registry: ListingRegistry) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", registry.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, registry.port).start()
        yield
    finally:
        await runner.cleanup()
