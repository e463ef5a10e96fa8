"""Processes as an operator runs them, which export to a collector by OTLP, or find none."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from console.local.network.ports import LOOPBACK, free_port
from tests.factories import make_envelope, make_event
from tests.processes import Processes
from tests.spans import TRACE, TRACEPARENT, TraceCollector
from tests.waiting import eventually

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
Place = Callable[[], AbstractAsyncContextManager[int]]


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TraceCollector]:
    async with TraceCollector().running() as running:
        monkeypatch.setenv(ENDPOINT, running.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        yield running


async def test_several_processes_export_what_they_do(
    processes: Processes, collector: TraceCollector
) -> None:
    ingest = processes.ingest(traces=True, ingest_processes=2, log_level="debug")
    worker = processes.worker(traces=True)
    hostile = make_event("push", "team/app", id="\x1b[31m" + "é" * 200)
    async with processes.pipeline(ingest) as pipeline:
        for event in (hostile, make_event("push", "")):
            body = json.dumps({"events": [event]}).encode()
            answer = await pipeline.post(body, traceparent=TRACEPARENT)
            assert answer.status == 200
        # Of no use as a context, so that it begins a trace of its own.
        await pipeline.post(make_envelope(make_event()), traceparent="00-\xff")
        await pipeline.settled(2)

    async def exported() -> bool:
        told = {(service, span.name) for service, span in collector.spans}
        requests = [span for _, span in collector.spans if span.name == "POST /notifications"]
        return len(requests) == 3 and ("registry-events-worker", "COMMIT") in told

    await eventually(exported)
    traces = [span.trace_id.hex() for _, span in collector.spans if span.name.startswith("POST")]
    assert sorted(trace == TRACE for trace in traces) == [False, True, True]
    assert f'"trace_id": "{TRACE}"' in ingest.log
    await ingest.terminate()
    await worker.terminate()


async def test_what_is_left_is_exported_at_the_end(
    processes: Processes, collector: TraceCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.name=receiver")
    ingest = processes.ingest(traces=True)
    async with processes.pipeline(ingest) as pipeline:
        await pipeline.post(make_envelope(make_event()))
    await ingest.terminate()
    assert {(service, span.name) for service, span in collector.spans} == {
        ("receiver", "POST /notifications"),
        ("receiver", "publish registry.events"),
    }


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """The port of who takes everything and never answers."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def away() -> AsyncIterator[int]:
    yield free_port()


@pytest.mark.parametrize("place", [away, silent])
async def test_a_collector_that_does_not_answer_costs_no_event_and_holds_nobody(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    # Longer than the test waits for the end of a process.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "600")
    async with place() as port:
        monkeypatch.setenv(ENDPOINT, f"http://{LOOPBACK}:{port}")
        ingest, worker = processes.ingest(traces=True), processes.worker(traces=True)
        async with processes.pipeline(ingest) as pipeline:
            assert (await pipeline.post(make_envelope(make_event()))).status == 200
            await pipeline.settled(1)
        await ingest.terminate()
        await worker.terminate()
