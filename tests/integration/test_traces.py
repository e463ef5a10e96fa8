"""Traces from a registry's request through the broker to the statements, in memory."""

import json
from collections.abc import AsyncIterator, Sequence

import aio_pika
import pytest
from aio_pika.abc import HeadersType
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from shared.amqp.message import EVENT_ID
from shared.amqp.message import TRACEPARENT as TRACEPARENT_HEADER
from shared.amqp.topology import EVENTS_QUEUE
from shared.tracing import exporting
from tests.factories import make_envelope, make_event
from tests.running import Pipeline, amqp_url, running_pipeline
from tests.spans import SENDER, TRACE, TRACEPARENT, ancestors
from tests.waiting import eventually

INGEST = ["POST /notifications", "publish registry.events"]


class Memory(InMemorySpanExporter):
    """Of all processes of a test."""

    async def spans(self, count: int, name: str) -> Sequence[ReadableSpan]:
        """All of them, once there are `count` of `name`."""

        async def enough() -> Sequence[ReadableSpan]:
            found = self.get_finished_spans()
            return found if len(named(found, name)) >= count else ()

        return await eventually(enough)


def named(spans: Sequence[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


def trace_of(span: ReadableSpan) -> str:
    return format_trace_id(span.context.trace_id)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    memory = Memory()
    monkeypatch.setattr(exporting, "OTLPSpanExporter", lambda: memory)
    return memory


@pytest.fixture
async def pipeline(amqp_url: str, database_url: str, memory: Memory) -> AsyncIterator[Pipeline]:
    assert memory
    async with running_pipeline(
        amqp_url, database_url, traces=True, pulls=True, worker_batch_wait=0.3
    ) as running:
        yield running


async def test_one_trace_from_the_request_to_the_statements(
    pipeline: Pipeline, memory: Memory
) -> None:
    event = make_event("push", "team/app")
    await pipeline.post(make_envelope(event), traceparent=TRACEPARENT)
    spans = await memory.spans(1, "COMMIT")
    assert {trace_of(span) for span in spans} == {TRACE}
    (request,) = named(spans, INGEST[0])
    assert request.parent
    assert format_span_id(request.parent.span_id) == SENDER
    assert request.kind is SpanKind.SERVER
    assert dict(request.attributes or {})["http.response.status_code"] == 200
    (insert,) = named(spans, "INSERT tracking_events")
    assert insert.kind is SpanKind.CLIENT
    assert ancestors(insert, spans) == [
        "record batch",
        "process registry.events",
        *reversed(INGEST),
    ]
    assert event["id"] not in json.dumps(dict(insert.attributes or {}))
    (process,) = named(spans, "process registry.events")
    assert dict(process.attributes or {})["messaging.message.id"] == event["id"]
    assert dict(process.attributes or {})["registry_events.repository"] == "team/app"


async def test_events_of_two_traces_that_are_recorded_together_are_linked(
    pipeline: Pipeline, memory: Memory
) -> None:
    other = TRACEPARENT.replace(TRACE, "a" * 32)
    for traceparent in (TRACEPARENT, other):
        event = make_event("push", "team/app")
        await pipeline.post(make_envelope(event), traceparent=traceparent)
    spans = await memory.spans(1, "COMMIT")
    first, second = named(spans, "process registry.events")
    (batch,) = named(spans, "record batch")
    assert batch.parent == first.context
    assert [link.context for link in batch.links] == [second.context]
    assert [link.context for link in second.links] == [batch.context]
    assert {trace_of(first), trace_of(second)} == {TRACE, "a" * 32}


async def test_what_is_not_sampled_leaves_no_span_and_keeps_its_context(
    pipeline: Pipeline, memory: Memory
) -> None:
    await pipeline.post(make_envelope(make_event("push", "")), traceparent=TRACEPARENT[:-1] + "0")
    (letter,) = await pipeline.dead_letters(1)
    assert str(letter.headers["traceparent"]).split("-")[1::2] == [TRACE, "00"]
    await pipeline.post(make_envelope(make_event()), traceparent=TRACEPARENT)
    spans = await memory.spans(1, "COMMIT")
    assert len(named(spans, INGEST[0])) == 1


async def test_a_dead_letter_of_a_worker_is_an_error_with_its_reason(
    pipeline: Pipeline, memory: Memory
) -> None:
    await pipeline.database.execute("ALTER TABLE tracking_events ADD CHECK (repository <> 'bad')")
    await pipeline.post(make_envelope(make_event("push", "bad")), traceparent=TRACEPARENT)
    (letter,) = await pipeline.dead_letters(1)
    spans = await memory.spans(1, "process registry.events")
    (process,) = named(spans, "process registry.events")
    assert process.status.status_code is StatusCode.ERROR
    assert dict(process.attributes or {})["error.type"] == "recording_failed"
    failed = named(spans, "INSERT tracking_events")
    assert {dict(one.attributes or {})["error.type"] for one in failed} == {"CheckViolationError"}
    assert str(letter.headers["traceparent"]).split("-")[1] == TRACE


async def test_a_message_of_anybody_is_traced_without_trust(
    pipeline: Pipeline, memory: Memory
) -> None:
    headers: HeadersType = {EVENT_ID: bytearray(b"\xff\x1b"), TRACEPARENT_HEADER: "00-\x1b"}
    async with await aio_pika.connect(amqp_url(pipeline.settings)) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(b"\x00 no event", headers=headers)
        await channel.default_exchange.publish(message, EVENTS_QUEUE)
    await pipeline.dead_letters(1)
    spans = await memory.spans(1, "process registry.events")
    (process,) = named(spans, "process registry.events")
    assert process.parent is None
    assert process.status.status_code is StatusCode.ERROR
    assert str(dict(process.attributes or {})["messaging.message.id"]).isprintable()


async def test_pulls_are_traced_too(pipeline: Pipeline, memory: Memory) -> None:
    pull = make_event("pull", "team/app", request={"method": "GET"})
    await pipeline.post(make_envelope(pull), traceparent=TRACEPARENT)
    spans = await memory.spans(1, "process registry.events.pulls")
    assert named(await memory.spans(1, "COMMIT"), "INSERT pull_counts")
    assert {trace_of(span) for span in spans} == {TRACE}
