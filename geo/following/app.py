"""The process that follows for a site: start and drain."""

from typing import Final

from geo.following.follower import Follower
from shared.logs import get_logger
from shared.reporting import State, report
from shared.service import background, stop_signal

# Seconds after SIGTERM for what is in hand; those who stop processes mostly kill after thirty.
_DRAIN: Final = 25.0


async def run(follower: Follower, *, once: bool) -> None:
    """Follow until SIGTERM or SIGINT, then finish what is in hand; `once`: to the log's end.

    Raises FinalError and what the receiver raises.
    """
    stop = stop_signal()

    async def look() -> State:
        return State({} if follower.has_begun else {"log": "it has not been read yet"})

    async with background(stop, follower.run(once=once), report(stop, look)):
        await stop.wait()
        get_logger().info("site.draining", timeout=_DRAIN)
        await follower.finish(_DRAIN)
