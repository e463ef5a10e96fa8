"""Where a registry's tokens come from. Pure."""

from ipaddress import ip_address

from yarl import URL

from geo.registry.challenge import Challenge
from geo.registry.errors import RegistryError
from geo.registry.location import Location


def realm(challenge: Challenge, location: Location) -> URL:
    """The token service that the challenge names. Raises RegistryError.

    Any host may be it, as clients of containers have always held: a registry's login is the token
    service's, which is seldom on the registry's own host. But the login goes there, so the way has
    to be as safe as the operator has made the way to the registry: https, or else http only to the
    host that the operator has named with http, which could see the login anyway, or within this
    machine.
    """
    try:
        found = URL(challenge.parameters.get("realm", "")).with_user(None).with_fragment(None)
    except ValueError:
        found = URL()
    if found.scheme == "https" or (found.scheme == "http" and _as_open(found, location.url)):
        return found
    if found.scheme == "http":
        raise RegistryError(
            f"{location.name} sends for tokens to {found.authority} by http, where no login is sent"
        )
    raise RegistryError(f"{location.name} wants a token, and does not say where from")


def _as_open(found: URL, registry: URL) -> bool:
    if registry.scheme != "http":
        return False
    return found.host == registry.host or (_is_loopback(found) and _is_loopback(registry))


def _is_loopback(url: URL) -> bool:
    try:
        return url.host == "localhost" or ip_address(url.host or "").is_loopback
    except ValueError:
        return False
