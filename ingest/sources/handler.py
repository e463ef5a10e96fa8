"""POST /notifications/<registry>/<source>: a request of a source, from its proof to its answer.

What senders make of an answer: all take a 2xx as done, most repeat nothing, and those that repeat
do so for a 5xx. So what is stored, or is none of ours, is 200, also what nobody supports, and what
the broker has not confirmed is 503, also to Quay, which disables a notification after three that
failed: an operator sees that there, and what is answered 200 and not stored nobody would see. So is
a token whose key is not known and not to be asked for now: it may be right, and is repeated.
"""

import time
from datetime import UTC, datetime
from typing import Final

from aiohttp import hdrs, web
from multidict import istr

from ingest import answers
from ingest.arrival import Arrival, kept
from ingest.body import read
from ingest.body_limit import BodyError, limit_of
from ingest.in_hand import InHand
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.normalisation import handshake
from ingest.refusals import Refusals
from ingest.sources.proof import Proof
from ingest.sources.signature import Signature
from ingest.sources.unproven import KeysAwayError, UnprovenError
from ingest.translation import Body, Notification
from shared.amqp.message import TRACEPARENT
from shared.amqp.publisher import PublishFailedError
from shared.logs import get_logger
from shared.origin import DISTRIBUTION
from shared.sources import Source
from shared.text import printable

_TRACEPARENT: Final = istr(TRACEPARENT)
# Seconds. Of the senders that are no Distribution, Harbor waits the shortest time for an answer, 3.
_DEADLINE: Final = 2.0


class SourceHandler:
    def __init__(
        self,
        source: Source,
        intake: Intake,
        metrics: IngestMetrics,
        in_hand: InHand,
        refusals: Refusals,
        *,
        body_timeout: float,
    ) -> None:
        self._source = source
        self._proof = Proof(source)
        self._intake = intake
        self._metrics = metrics
        self._in_hand = in_hand
        self._refusals = refusals
        self._body_timeout = body_timeout

    async def post(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        self._in_hand.count += 1
        status = 500
        try:
            response = await self._answer(request)
            status = response.status
        finally:
            self._in_hand.count -= 1
            self._metrics.answered(status, time.perf_counter() - started, self._source.name)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if self._in_hand.count > self._in_hand.most:
            return answers.not_now("too many notifications in hand")
        try:
            signature = await self._proof.awaited(request)
            return await self._within_bytes(request, signature)
        except UnprovenError:
            self._refusals.unproven(request, self._source.name)
            return answers.unproven(self._source.name, self._proof.kinds)
        except KeysAwayError as error:
            self._refusals.without_keys(self._source.name, error)
            return answers.not_now("the keys of its issuer cannot be fetched now")
        except BodyError as error:
            return answers.not_done(str(error))
        except PublishFailedError as error:
            self._refusals.not_published(error)
            return answers.not_now(printable(str(error)))

    async def _within_bytes(
        self, request: web.Request, signature: Signature | None
    ) -> web.Response:
        limit = limit_of(self._source.registry, request.client_max_size)
        announced = request.content_length
        size = limit if announced is None else min(announced, limit)
        if not self._in_hand.bytes.reserve(size):
            return answers.not_now("too many bytes in hand")
        try:
            return await self._read(request, limit, signature)
        finally:
            self._in_hand.bytes.give_back(size)

    async def _read(
        self, request: web.Request, limit: int, signature: Signature | None
    ) -> web.Response:
        told = signature.update if signature else None
        body = await read(request, limit=limit, seconds=self._body_timeout, told=told)
        is_proven = signature is None or signature.is_right
        if not is_proven and not self._proof.is_of_form(request, body):
            raise UnprovenError
        if body.is_cut:
            self._refusals.too_large(request, body)
        if self._source.registry == DISTRIBUTION:
            return answers.taken(await self._intake.take(self._notification(request, body)))
        return await self._take(self._arrival(request, body))

    async def _take(self, arrival: Arrival) -> web.Response:
        if (answer := handshake(arrival)) is not None:
            get_logger().info("source.greeted", source=arrival.source)
            return web.json_response(answer)
        receipt, found = await self._intake.take_arrival(arrival, deadline=_DEADLINE)
        self._refusals.subscription(arrival, found.confirm_at)
        return answers.taken_of(receipt, found.ignored)

    def _notification(self, request: web.Request, body: Body) -> Notification:
        return Notification(
            body=body,
            received_at=datetime.now(UTC),
            content_encoding=request.headers.get(hdrs.CONTENT_ENCODING, ""),
            traceparent=request.headers.get(_TRACEPARENT),
            source=self._source.name,
        )

    def _arrival(self, request: web.Request, body: Body) -> Arrival:
        return Arrival(
            body=body,
            received_at=datetime.now(UTC),
            content_encoding=request.headers.get(hdrs.CONTENT_ENCODING, ""),
            traceparent=request.headers.get(_TRACEPARENT),
            source=self._source.name,
            registry=self._source.registry,
            request=kept(request.headers.items(), secret=self._proof.headers),
            options=self._source.options,
        )
