"""Where the settings say that a sink is, and in what form it takes events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from forward import cloudevents, snowplow
from forward.event import Event
from shared.configuration import secret
from shared.forward_settings import Sink
from shared.settings import Settings

# Without these settings a sink cannot be reached.
NEEDED: Final[Mapping[Sink, str]] = {
    Sink.SNOWPLOW: "forward_snowplow_url",
    Sink.CLOUDEVENTS: "forward_cloudevents_url",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """`most` events go into one request to `url`; that, or a header, may hold a password."""

    sink: Sink
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    most: int
    encode: Callable[[Sequence[Event]], bytes]


def destinations(settings: Settings) -> Sequence[Destination]:
    """One for each sink that the settings name. Raises SettingsError without its URL."""
    made = {Sink.SNOWPLOW: _snowplow, Sink.CLOUDEVENTS: _cloudevents}
    return [made[sink](settings) for sink in settings.forward]


def _snowplow(settings: Settings) -> Destination:
    app_id, context = settings.forward_snowplow_app_id, settings.forward_snowplow_context

    def encode(events: Sequence[Event]) -> bytes:
        return snowplow.body(events, app_id=app_id, context=context, now=datetime.now(UTC))

    return Destination(
        Sink.SNOWPLOW,
        secret(settings.forward_snowplow_url).rstrip("/") + snowplow.PATH,
        {"Content-Type": snowplow.CONTENT_TYPE},
        settings.forward_batch_size,
        encode,
    )


def _cloudevents(settings: Settings) -> Destination:
    batched = settings.forward_cloudevents_batched
    headers = {"Content-Type": cloudevents.BATCH_TYPE if batched else cloudevents.SINGLE_TYPE}
    if settings.forward_cloudevents_header:
        name, _, value = secret(settings.forward_cloudevents_header).partition(":")
        headers[name] = value.strip()
    return Destination(
        Sink.CLOUDEVENTS,
        secret(settings.forward_cloudevents_url),
        headers,
        settings.forward_batch_size if batched else 1,
        cloudevents.batch if batched else cloudevents.single,
    )
