"""Where the log's service is."""

from yarl import URL


class AddressError(ValueError):
    """The text is no address of a log's service; says why."""


def address(text: str) -> URL:
    """Of https://HOST[:PORT][/PATH], or http:// where it is spelled out. Raises AddressError."""
    try:
        url = URL(text)
    except ValueError:
        raise AddressError("the address cannot be read") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise AddressError("the address must be https://HOST, or http://HOST without encryption")
    if url.user or url.password or url.query_string or url.fragment:
        raise AddressError(
            "the address has a user, a query or a fragment; the token is REGISTRY_EVENTS_GEO_TOKEN"
        )
    return url
