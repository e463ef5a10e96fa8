"""Traces for who wants them: nobody else imports anything of OpenTelemetry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


@asynccontextmanager
async def tracer_of(settings: Settings, service: str) -> "AsyncIterator[Tracer | None]":
    """What spans are made by, in each process for itself; None where traces are not wanted.

    On leaving, what was not exported yet gets a moment. Raises StartError.
    """
    if not settings.traces:
        yield None
        return
    from shared.tracing.exporting import exporting  # noqa: PLC0415  of an extra

    async with exporting(service) as tracer:
        yield tracer
