"""Where the next page of a list is, as `Link` headers say it (RFC 8288). Pure."""

import re
from collections.abc import Iterable
from typing import Final

from yarl import URL

from geo.registry.errors import RegistryError
from geo.registry.names import is_header_text

_LINK: Final = re.compile(
    r'\s*<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]+))?)*)\s*(?:,|\Z)'
)
_NEXT: Final = re.compile(
    r';\s*rel\s*=\s*(?:"\s*(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|\Z))', re.IGNORECASE
)


def next_page(page: URL, headers: Iterable[str]) -> URL | None:
    """The page after `page`; None if it was the last. Raises RegistryError.

    Of the link only path and query count: registries behind a proxy that ends TLS name themselves
    by http or by an inner host, and nothing else than this registry is to be asked.
    """
    for header in headers:
        for target, parameters in _LINK.findall(header):
            if _NEXT.search(parameters):
                return _resolved(page, target)
    return None


def _resolved(page: URL, target: str) -> URL:
    try:
        link = page.join(URL(target, encoded=True))
        if link.path.startswith("/v2/") and is_header_text(target):
            return URL(f"{page.origin()}{link.raw_path_qs}", encoded=True)
    except ValueError:
        pass
    raise RegistryError(f"{page.authority} links to a next page that is none of a registry's")
