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
from ingest.body import read
from ingest.body_limit import BodyError
from ingest.in_hand import InHand
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.refusals import Refusals
from ingest.translation import Body, Notification
from shared.amqp.message import TRACEPARENT
from shared.amqp.publisher import PublishFailedError
from shared.logs import get_logger
from shared.text import printable

PATHS: Final = ("/notifications", "/api/v4/container_registry_event/events")
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
        in_hand: InHand,
        refusals: Refusals,
        *,
        tokens: TokenCheck | None,
        body_timeout: float,
    ) -> None:
        self._intake = intake
        self._metrics = metrics
        self._in_hand = in_hand
        self._refusals = refusals
        self._tokens = tokens
        self._body_timeout = body_timeout
        # Bound once: else each line that is not wanted costs as much as one that is.
        self._log = get_logger().bind()

    async def post(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        self._in_hand.count += 1
        status = 500
        try:
            response = await self._answer(request)
            status = response.status
        finally:
            self._in_hand.count -= 1
            self._metrics.answered(status, time.perf_counter() - started)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if self._tokens and not self._tokens.accepts(request.headers.get(hdrs.AUTHORIZATION)):
            self._refusals.unauthorized(request)
            return answers.unauthorized()
        in_hand = self._in_hand
        if in_hand.count > in_hand.most:
            return answers.not_now("too many notifications in hand")
        announced, limit = request.content_length, request.client_max_size
        # Chunked, it may be anything; of more than the limit no more than that is ever in memory.
        size = limit if announced is None else min(announced, limit)
        if not in_hand.bytes.reserve(size):
            return answers.not_now("too many bytes in hand")
        try:
            body = await read(request, limit=limit, seconds=self._body_timeout)
            if body.is_cut:
                self._refusals.too_large(request, body)
            return await self._take(request, body)
        except BodyError as error:
            return answers.not_done(str(error))
        finally:
            in_hand.bytes.give_back(size)

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
            self._refusals.not_published(error)
            return answers.not_now(printable(str(error)))
        self._log.debug(
            "notification.received",
            accepted=receipt.accepted,
            dead_lettered=receipt.dead_lettered,
        )
        return answers.taken(receipt)
