"""Where an answer sends on to. Pure."""

from typing import Final

from yarl import URL

from geo.registry.errors import RegistryError
from geo.registry.names import is_header_text

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def is_redirect(method: str, status: int) -> bool:
    """Whether it is followed: only what changes nothing may be asked of another server."""
    return status in _REDIRECTS and method in {"GET", "HEAD"}


def redirected(url: URL, place: str) -> URL:
    """What a `Location` header names, relative or not, its query as it came.

    Raises RegistryError, also if it leads from https down to http.
    """
    try:
        # As it comes it goes into a request's first line.
        found = url.join(URL(place, encoded=True)) if is_header_text(place) else URL()
        found = found.with_fragment(None)
        is_place = found.scheme in {"http", "https"} and bool(found.host)
    except ValueError:
        is_place = False
    if not is_place:
        raise RegistryError(f"{url.authority} sends on to a place that is none")
    if url.scheme == "https" and found.scheme != "https":
        raise RegistryError(f"{url.authority} sends on from https to http")
    # A user in a URL would become a header of its own.
    return found.with_user(None) if found.raw_user or found.raw_password else found
