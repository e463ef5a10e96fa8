"""Exporting spans by OTLP over HTTP, in a thread of the SDK.

Where to, how many and with which names the SDK reads from the environment itself, by the names of
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from shared.service import StartError

_VERSION: Final = version("registry-events")
_PROTOCOL: Final = "http/protobuf"
_PROTOCOL_OF: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
# Seconds for what is left, when the process ends; a collector that is away shall not hold it.
_LAST: Final = 2.0


@asynccontextmanager
async def exporting(service: str) -> AsyncIterator[Tracer]:
    """A tracer whose spans are exported while the block runs.

    What a collector does not take in time is dropped, and the SDK's warning says so: events never
    wait for it. Raises StartError for another protocol than OTLP over HTTP.
    """
    _check_protocol()
    exporter = OTLPSpanExporter()
    provider = TracerProvider(resource=_resource(service), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer("registry-events", _VERSION)
    finally:
        await _end(provider, exporter)


def _check_protocol() -> None:
    name = next((name for name in _PROTOCOL_OF if os.environ.get(name)), None)
    if name and os.environ[name] != _PROTOCOL:
        raise StartError(f"{name}: traces are exported by {_PROTOCOL} alone")


def _resource(service: str) -> Resource:
    """The operator's own names win."""
    ours = Resource({"service.name": service, "service.version": _VERSION})
    return Resource.create().merge(ours).merge(OTELResourceDetector().detect())


async def _end(provider: TracerProvider, exporter: OTLPSpanExporter) -> None:
    # No thread of the pool: for that the interpreter would wait as long as a collector is silent.
    ending = threading.Thread(target=provider.shutdown, daemon=True)
    ending.start()
    await asyncio.to_thread(ending.join, _LAST)
    if ending.is_alive():
        # Also ends its waiting between two attempts.
        exporter.shutdown()  # type: ignore[no-untyped-call]  # its own has no annotation
