"""Where a registry is."""

import re
from ipaddress import ip_address
from typing import Final, NamedTuple, Self

from yarl import URL

_SHAPE: Final = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/?", re.IGNORECASE)


class LocationError(ValueError):
    """The text is no registry's location."""


class Location(NamedTuple):
    """Scheme, host and port: a registry answers below `/v2/` of these, and nowhere else."""

    url: URL

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of `https://host[:port]`, or `http://host[:port]` if it is spelled out.

        Raises LocationError.
        """
        if not _SHAPE.fullmatch(text):
            raise LocationError("must be https://HOST or https://HOST:PORT (or http:// of these)")
        try:
            url = URL(text).origin()
            if ":" in (url.host or ""):
                ip_address(url.host or "")
        except ValueError:
            raise LocationError("names a host or a port that cannot be") from None
        return cls(url.with_port(None) if url.is_default_port() else url)

    @property
    def name(self) -> str:
        """As files of credentials and references of images have it: without the scheme."""
        return self.url.host_port_subcomponent or ""

    def is_of(self, url: URL) -> bool:
        """Whether the registry itself is asked there, so that it may see its credentials."""
        return (url.scheme, url.host, url.port) == (self.url.scheme, self.url.host, self.url.port)
