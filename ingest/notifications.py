"""POST /notifications: the HTTP side of taking a notification in.

What each answer makes a registry do: facts of Distribution's retries are in the README, "Answers".
"""

import time
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from ingest.auth import TokenCheck
from ingest.body import BodyError, read
from ingest.budget import ByteBudget
from ingest.intake import Intake, Receipt
from ingest.metrics import IngestMetrics
from ingest.translation import Notification
from shared.amqp.publisher import PublishFailedError
from shared.logs import get_logger
from shared.text import printable
from shared.throttle import Throttle

PATHS: Final = ("/notifications", "/api/v4/container_registry_event/events")
_RETRY_AFTER: Final = {"Retry-After": "1"}
# Seconds between two lines of a log on what a sender can repeat without end.
_QUIET: Final = 1.0


class NotificationHandler:
    """Answers 200 when everything is in the broker, 503 when that cannot be said.

    An authenticated sender gets no other 4xx than for a body that is too large or never arrives:
    a registry repeats what was refused for ever, and sends nothing else meanwhile.
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
        self._log = get_logger()
        self._unauthorized, self._refused = Throttle(_QUIET), Throttle(_QUIET)

    async def post(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        self._in_flight += 1
        self._metrics.in_flight.set(self._in_flight)
        status = 500
        try:
            response = await self._answer(request)
            status = response.status
        finally:
            self._in_flight -= 1
            self._metrics.in_flight.set(self._in_flight)
            self._metrics.requests.labels(status).inc()
            self._metrics.duration.observe(time.perf_counter() - started)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if self._tokens and not self._tokens.accepts(request.headers.get("Authorization")):
            if count := self._unauthorized.count():
                self._log.warning("notification.unauthorized", remote=request.remote, count=count)
            return _refusal(401, "the Authorization header is none of the accepted tokens")
        if self._in_flight > self._max_in_flight:
            return _not_now("too many notifications in hand")
        announced = request.content_length
        # Chunked, it may be anything up to the limit.
        size = request.client_max_size if announced is None else announced
        if size > request.client_max_size:
            return _refusal(413, f"the body is larger than {request.client_max_size} bytes")
        with self._bytes.reserving(size) as is_free:
            if not is_free:
                return _not_now("too many bytes in hand")
            return await self._read_and_take(request)

    async def _read_and_take(self, request: web.Request) -> web.Response:
        try:
            body = await read(request, limit=request.client_max_size, seconds=self._body_timeout)
        except BodyError as error:
            return _refusal(error.status, str(error))
        return await self._take(request, body)

    async def _take(self, request: web.Request, body: bytes) -> web.Response:
        notification = Notification(
            body=body,
            received_at=datetime.now(UTC),
            content_encoding=request.headers.get("Content-Encoding", ""),
            traceparent=request.headers.get("traceparent"),
        )
        try:
            receipt = await self._intake.take(notification)
        except PublishFailedError as error:
            if count := self._refused.count():
                self._log.warning("notification.refused", error=str(error), count=count)
            return _not_now(printable(str(error)))
        self._log.debug(
            "notification.received",
            accepted=receipt.accepted,
            dead_lettered=receipt.dead_lettered,
        )
        return web.json_response(_answer(receipt))


def _answer(receipt: Receipt) -> dict[str, int]:
    answer = {"accepted": receipt.accepted, "dead_lettered": receipt.dead_lettered}
    return {**answer, "ignored": receipt.ignored} if receipt.ignored else answer


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)


def _not_now(why: str) -> web.Response:
    return web.json_response({"error": why}, status=503, headers=_RETRY_AFTER)
