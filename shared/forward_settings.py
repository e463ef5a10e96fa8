"""The settings of forwarding: which sinks tracking events go to, and how each is reached."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode

from shared.setting_types import HeaderLine, HttpUrl, Listen, Seconds


class Sink(StrEnum):
    """A kind of place that tracking events are forwarded to; there is one of each at most."""

    SNOWPLOW = "snowplow"
    CLOUDEVENTS = "cloudevents"


def _split(value: object) -> object:
    """Each once, however often it is named: a worker writes a row for each."""
    if not isinstance(value, str):
        return value
    return tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))


Sinks = Annotated[tuple[Sink, ...], NoDecode, BeforeValidator(_split)]


class ForwardSettings(BaseSettings):
    """The part of `Settings` that forward and, for `forward` itself, workers read."""

    forward: Sinks = Field(
        (),
        description="where tracking events are forwarded to: snowplow, cloudevents or both, "
        "separated by commas; workers and forward need the same",
    )
    forward_listen: Listen = Field("127.0.0.1:8082", description="address of forward's health port")
    forward_batch_size: int = Field(100, gt=0, le=1_000, description="events in a request")
    forward_timeout: Seconds = Field(10.0, description="for a collector to answer")
    forward_snowplow_url: HttpUrl | None = Field(
        None, description="Snowplow's collector, without the path of the tracker protocol"
    )
    forward_snowplow_app_id: str = Field(
        "registry-events", min_length=1, max_length=255, description="app_id of its events"
    )
    forward_snowplow_context: str = Field(
        "",
        pattern=r"^(iglu:[\w.-]+/[\w-]+/jsonschema/\d+-\d+-\d+)?$",
        description="schema of a context with all that is recorded of an event, "
        "iglu:VENDOR/NAME/jsonschema/1-0-0; empty: none is sent",
    )
    forward_cloudevents_url: HttpUrl | None = Field(None, description="where CloudEvents are sent")
    forward_cloudevents_header: HeaderLine | None = Field(
        None, description="header that proves who sends them, for example Authorization: Bearer ..."
    )
    forward_cloudevents_batched: bool = Field(
        True, description="false: one in each request, for who takes no batches"
    )
