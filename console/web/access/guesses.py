"""How fast tokens may be tried: a little by one address, and not much by all together."""

import math
import time
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import web

from shared.logs import get_logger
from shared.throttle import Throttle

# Wrong tokens: how many at once, and then one in so many seconds.
_BURST: Final = 5
_PAUSE: Final = 1.0
# So many addresses together that one alone does not keep the others out.
_BURST_OF_ALL: Final = 50
_PAUSE_OF_ALL: Final = 0.125
_ADDRESSES: Final = 1_000
# Seconds between two lines of the log.
_QUIET: Final = 10.0


class Guesses:
    """Only what is wrong counts, but who had too much wrong has to wait with what is right too."""

    def __init__(self) -> None:
        self._used_until: dict[str, float] = {}
        self._all_used_until = 0.0
        self._refused = Throttle(_QUIET)

    def admit(self, remote: str) -> None:
        """Raises HTTPTooManyRequests."""
        own = self._used_until.get(_sender(remote), 0.0) - (_BURST - 1) * _PAUSE
        of_all = self._all_used_until - (_BURST_OF_ALL - 1) * _PAUSE_OF_ALL
        seconds = math.ceil(max(own, of_all) - time.monotonic())
        if seconds <= 0:
            return
        self._say(remote)
        raise web.HTTPTooManyRequests(
            text=f"Too many wrong tokens came in a short time. Try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )

    def wrong(self, remote: str) -> None:
        now, sender = time.monotonic(), _sender(remote)
        used = max(self._used_until.pop(sender, 0.0), now)
        self._used_until[sender] = used + _PAUSE
        self._all_used_until = max(self._all_used_until, now) + _PAUSE_OF_ALL
        if len(self._used_until) > _ADDRESSES:
            del self._used_until[next(iter(self._used_until))]
        self._say(remote)

    def _say(self, remote: str) -> None:
        if count := self._refused.count():
            get_logger().warning("console.sign_in_refused", remote=remote, count=count)


def _sender(remote: str) -> str:
    """One machine has 2^64 addresses of IPv6, and one of IPv4."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return f"{int(address) >> 64:x}"
    return remote
