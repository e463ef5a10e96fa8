"""POST /notifications: the HTTP side of taking a notification in.

What each answer makes a registry do: facts of Distribution's retries are in the README, "Answers".
"""

import time
from datetime import UTC, datetime
from typing import Final

from aiohttp import hdrs, web
from multidict import istr

from ingest import answers
from ingest.auth import TokenCheck
from ingest.body import BodyError, read
from ingest.budget import ByteBudget
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.sender_faults import SenderFault, SenderFaults
from ingest.translation import Body, Notification
from shared.amqp.message import TRACEPARENT
from shared.amqp.publisher import PublishFailedError
from shared.logs import get_logger
from shared.text import printable
from shared.throttle import Throttle

PATHS: Final = ("/notifications", "/api/v4/container_registry_event/events")
# Seconds between two lines of a log on what a sender can repeat without end.
_QUIET: Final = 1.0
_TRACEPARENT: Final = istr(TRACEPARENT)


class NotificationHandler:
    """Answers 200 when everything is in the broker, 503 when that cannot be said.

    An authenticated sender gets no other 4xx than for a body that never arrives: a registry repeats
    what was refused for ever, and sends nothing else meanwhile.
    """

    def __init__(
        self,
        intake: Intake,
        metrics: IngestMetrics,
        *,
        tokens: TokenCheck | None,
        body_timeout: float,
        max_in_flight: int,
        max_bytes_in_flight: int,
    ) -> None:
        self._intake = intake
        self._metrics = metrics
        self._tokens = tokens
        self._body_timeout = body_timeout
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._bytes = ByteBudget(max_bytes_in_flight)
        self.sender_faults = SenderFaults()
        metrics.in_flight.set_function(lambda: self._in_flight)
        # Bound once: else each line that is not wanted costs as much as one that is.
        self._log = get_logger().bind()
        self._quiet_unauthorized, self._refused = Throttle(_QUIET), Throttle(_QUIET)
        self._too_large = Throttle(_QUIET)

    async def post(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        self._in_flight += 1
        status = 500
        try:
            response = await self._answer(request)
            status = response.status
        finally:
            self._in_flight -= 1
            self._metrics.answered(status, time.perf_counter() - started)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if self._tokens and not self._tokens.accepts(request.headers.get(hdrs.AUTHORIZATION)):
            return self._unauthorized(request)
        if self._in_flight > self._max_in_flight:
            return answers.not_now("too many notifications in hand")
        announced, limit = request.content_length, request.client_max_size
        # Chunked, it may be anything; of more than the limit no more than that is ever in memory.
        size = limit if announced is None else min(announced, limit)
        if not self._bytes.reserve(size):
            return answers.not_now("too many bytes in hand")
        try:
            body = await read(request, limit=limit, seconds=self._body_timeout)
            if body.is_cut:
                self._note_too_large(request, body)
            return await self._take(request, body)
        except BodyError as error:
            return answers.not_done(str(error))
        finally:
            self._bytes.give_back(size)

    def _unauthorized(self, request: web.Request) -> web.Response:
        self.sender_faults.note(SenderFault.TOKEN, request.remote)
        if count := self._quiet_unauthorized.count():
            self._log.warning("notification.unauthorized", remote=request.remote, count=count)
        return answers.unauthorized()

    def _note_too_large(self, request: web.Request, body: Body) -> None:
        self.sender_faults.note(SenderFault.TOO_LARGE, request.remote)
        if count := self._too_large.count():
            self._log.warning(
                "notification.too_large", remote=request.remote, length=body.length, count=count
            )

    async def _take(self, request: web.Request, body: Body) -> web.Response:
        notification = Notification(
            body=body,
            received_at=datetime.now(UTC),
            content_encoding=request.headers.get(hdrs.CONTENT_ENCODING, ""),
            traceparent=request.headers.get(_TRACEPARENT),
        )
        try:
            receipt = await self._intake.take(notification)
        except PublishFailedError as error:
            if count := self._refused.count():
                self._log.warning("notification.refused", error=str(error), count=count)
            return answers.not_now(printable(str(error)))
        self._log.debug(
            "notification.received",
            accepted=receipt.accepted,
            dead_lettered=receipt.dead_lettered,
        )
        return answers.taken(receipt)
