"""Names and addresses of this machine."""

import ipaddress
import re
from typing import Final

_ADDRESS: Final = re.compile(r"(\[(?P<six>[^\[\]]*)\]|(?P<host>[^:\[\]]*))(:\d*)?")
_LOOPBACK_NAMES: Final = frozenset({"localhost"})


def is_loopback(address: str) -> bool:
    """Whether HOST or HOST:PORT is this machine and no other."""
    found = _ADDRESS.fullmatch(address)
    host = (found["six"] or found["host"]) if found else address
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
