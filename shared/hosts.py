"""The hosts that one address names, as PostgreSQL's and RabbitMQ's clients write it. Pure.

`scheme://user:password@a:5672,b,[::1]:5673/path?query`: a port belongs to the host before it, and a
host without one has the scheme's own port.
"""

import re
from typing import Final

AMQP_PORTS: Final = {"amqp": 5672, "amqps": 5671}
# Seconds. However many hosts there are, each gets as long as a busy one may take to answer.
_LEAST: Final = 1.0
_ADDRESS: Final = re.compile(r"([^/]*//)([^/?#]*)(.*)", re.DOTALL)


def each(url: str) -> list[str]:
    """The address of each host, with all else that `url` has; `url` itself if it names only one."""
    scheme, authority, rest = _parts(url)
    login, at, hosts = authority.rpartition("@")
    return [f"{scheme}{login}{at}{host}{rest}" for host in hosts.split(",")]


def patience(seconds: float, count: int) -> float:
    """How many seconds each of `count` hosts gets that share `seconds`, but have one at least."""
    return max(seconds / count, min(seconds, _LEAST))


def shown(url: str, port: int | None = None) -> list[str]:
    """HOST:PORT of each, without any login; `port` where none is said."""
    hosts = [_parts(one)[1].rpartition("@")[2] for one in each(url)]
    return [_with_port(host, port) for host in hosts]


def _parts(url: str) -> tuple[str, str, str]:
    found = _ADDRESS.fullmatch(url)
    return (found[1], found[2], found[3]) if found else ("", "", url)


def _with_port(host: str, port: int | None) -> str:
    # Of an address of IPv6 in its brackets a port comes after these.
    has_one = ":" in host.rpartition("]")[2]
    return host if has_one or port is None or not host else f"{host}:{port}"
