"""The settings of what a process tells about itself beside its metrics: logs and traces."""

from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings


def _can_be_had(wanted: bool) -> bool:  # noqa: FBT001  pydantic gives it so
    if wanted and not (find_spec("opentelemetry") and find_spec("opentelemetry.exporter")):
        raise ValueError("needs what pip install 'registry-events[otel]' installs")
    return wanted


class TelemetrySettings(BaseSettings):
    """The part of `Settings` that every process reads."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error"
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="auto: console on a terminal, JSON lines elsewhere"
    )
    traces: Annotated[bool, AfterValidator(_can_be_had)] = Field(
        False,
        description="ingest and workers export traces by OTLP, as the variables OTEL_* say (see "
        "Traces)",
    )
