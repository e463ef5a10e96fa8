"""A server that is away, in one sentence for its operator: which one, what it does, where to look.

Pure.
"""

from typing import Final

from shared import credentials, hosts, tls_faults
from shared.text import printable

# Whether anybody is there at all: for a connection and the first answer on it. A server that has
# answered and is at work on much is given longer.
ANSWER: Final = 2.0

_SILENT: Final = "no answer"
_REFUSED: Final = "Connection refused"
# What in a URL names an authority, and what a client's own certificate.
_IN_URLS: Final = {
    "AMQP_URL": ("cafile", "certfile and keyfile"),
    "DATABASE_URL": ("sslrootcert", "sslcert and sslkey"),
}


def broker(url: str, why: str) -> str:
    """`why` is what BrokerAwayError says."""
    port = hosts.AMQP_PORTS.get(url.partition("://")[0])
    return _sentence("the broker", _place(url, port), "AMQP_URL", why)


def database(url: str, why: str) -> str:
    """`why` is what `faults.in_words` makes of an error."""
    return _sentence("the database", _place(url), "DATABASE_URL", why)


def _sentence(server: str, place: str, setting: str, why: str) -> str:
    named = f"{server} at {place}" if place else server
    if why.startswith(f"{server} "):
        return named + why.removeprefix(server)
    if why.startswith(_SILENT):
        within = why.removeprefix(_SILENT)
        return (
            f"{named} did not answer{within}: it is frozen, overloaded or cut off; look at its "
            "host, its log and the network between"
        )
    if _REFUSED in why:
        return (
            f"{named} refuses connections: it does not run, or it listens elsewhere; look at its "
            f"host, its log and {setting}"
        )
    return f"{named} cannot be used: {why}{_named_by(setting, why)}"


def _named_by(setting: str, why: str) -> str:
    authority, own = _IN_URLS[setting]
    if tls_faults.UNKNOWN_AUTHORITY in why:
        return f"; {authority} in {setting} names one"
    if tls_faults.WANTS_CERTIFICATE in why:
        return f"; {own} in {setting} name one"
    return ""


def _place(url: str, port: int | None = None) -> str:
    return printable(credentials.masked(", ".join(hosts.shown(url, port))), 200)
