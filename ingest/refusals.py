"""What is said of notifications that are not taken, or not as they came: to the log, to operators.

A sender can repeat each without end: a line a second is enough.
"""

from typing import Final

from aiohttp import web

from ingest.arrival import Arrival
from ingest.sender_faults import SenderFault, SenderFaults
from ingest.subscriptions import Subscriptions
from ingest.translation import Body
from shared.amqp.publisher import PublishFailedError
from shared.logs import get_logger
from shared.throttle import Throttle

_QUIET: Final = 1.0


class Refusals:
    def __init__(self) -> None:
        self.sender_faults = SenderFaults()
        self.subscriptions = Subscriptions()
        # Bound once: else each line that is not wanted costs as much as one that is.
        self._log = get_logger().bind()
        self._unauthorized, self._refused = Throttle(_QUIET), Throttle(_QUIET)
        self._unproven, self._no_keys = Throttle(_QUIET), Throttle(_QUIET)
        self._too_large, self._unconfirmed = Throttle(_QUIET), Throttle(_QUIET)

    def unauthorized(self, request: web.Request) -> None:
        self.sender_faults.note(SenderFault.TOKEN, request.remote)
        if count := self._unauthorized.count():
            self._log.warning("notification.unauthorized", remote=request.remote, count=count)

    def unproven(self, request: web.Request, source: str) -> None:
        self.sender_faults.note(SenderFault.PROOF, request.remote)
        if count := self._unproven.count():
            self._log.warning(
                "notification.unproven", remote=request.remote, source=source, count=count
            )

    def too_large(self, request: web.Request, body: Body) -> None:
        self.sender_faults.note(SenderFault.TOO_LARGE, request.remote)
        if count := self._too_large.count():
            self._log.warning(
                "notification.too_large", remote=request.remote, length=body.length, count=count
            )

    def subscription(self, arrival: Arrival, url: str | None) -> None:
        """What a request says of one; `url` is as an `Ignored` has it."""
        self.subscriptions.note(arrival.source, arrival.request, url)
        if url is not None and (count := self._unconfirmed.count()):
            told = url or "not Amazon's: do not open it"
            self._log.warning("source.unconfirmed", source=arrival.source, url=told, count=count)

    def not_published(self, error: PublishFailedError) -> None:
        if count := self._refused.count():
            self._log.warning("notification.refused", error=str(error), count=count)

    def without_keys(self, source: str, error: Exception) -> None:
        if count := self._no_keys.count():
            self._log.warning("source.without_keys", source=source, error=str(error), count=count)
