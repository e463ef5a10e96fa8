"""W3C trace contexts in headers: https://www.w3.org/TR/trace-context/."""

from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.amqp.message import TRACEPARENT

_PROPAGATOR: Final = TraceContextTextMapPropagator()


def read(traceparent: object) -> Context:
    """What a header says; what is none begins a trace of its own."""
    return _PROPAGATOR.extract({TRACEPARENT: traceparent} if isinstance(traceparent, str) else {})


def written(span: Span) -> str:
    """The header by which what `span` causes finds it."""
    of = span.get_span_context()
    return f"00-{of.trace_id:032x}-{of.span_id:016x}-{of.trace_flags:02x}"


def trace_id(span: Span) -> str:
    """Hexadecimal, as logs name it."""
    return format_trace_id(span.get_span_context().trace_id)
