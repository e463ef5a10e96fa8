"""The addresses of a registry's API, of names that have been checked. Pure.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints
"""

from typing import Final

from yarl import URL

from geo.registry import names
from geo.registry.location import Location

_PAGE: Final = 1000

CATALOGUE_SCOPE: Final = "registry:catalog:*"


def catalogue(location: Location) -> URL:
    return _url(location, f"/v2/_catalog?n={_PAGE}")


def tags(location: Location, repository: str) -> URL:
    return _url(location, f"/v2/{names.repository(repository)}/tags/list?n={_PAGE}")


def manifest(location: Location, repository: str, reference: str) -> URL:
    name = names.repository(repository)
    return _url(location, f"/v2/{name}/manifests/{names.reference(reference)}")


def referrers(location: Location, repository: str, digest: str) -> URL:
    return _url(location, f"/v2/{names.repository(repository)}/referrers/{names.digest(digest)}")


def blob(location: Location, repository: str, digest: str) -> URL:
    return _url(location, f"/v2/{names.repository(repository)}/blobs/{names.digest(digest)}")


def uploads(location: Location, repository: str) -> URL:
    return _url(location, f"/v2/{names.repository(repository)}/blobs/uploads/")


def mount(location: Location, repository: str, digest: str, from_repository: str) -> URL:
    query = f"mount={names.digest(digest)}&from={names.repository(from_repository)}"
    return URL(f"{uploads(location, repository)}?{query}", encoded=True)


def finished(upload: URL, digest: str) -> URL:
    """An upload's own query stays as it came: registries sign it."""
    mark = "&" if upload.raw_query_string else "?"
    return URL(f"{upload}{mark}digest={names.digest(digest)}", encoded=True)


def pull_scope(repository: str) -> str:
    return f"repository:{repository}:pull"


def push_scope(repository: str) -> str:
    return f"repository:{repository}:pull,push"


def delete_scope(repository: str) -> str:
    return f"repository:{repository}:delete"


def _url(location: Location, path: str) -> URL:
    return URL(f"{location.url}{path}".replace("//v2", "/v2"), encoded=True)
