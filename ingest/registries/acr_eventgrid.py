"""Azure Container Registry through Event Grid: its own schema, or CloudEvents, one or several.

Rules: https://learn.microsoft.com/azure/event-grid/event-schema-container-registry and
https://learn.microsoft.com/azure/event-grid/webhook-event-delivery. `data` is the event of the
registry's webhook; its own id and time go before those around it. Never sent: pulls, and the
delete of a tag alone. The handshake is answered with its code, `validationUrl` is never fetched.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries import array, cloudevents
from ingest.registries.adapter import Found, Ignored, Sent, UnreadableRequestError, converted
from ingest.registries.bare_event import BareEvent, change
from ingest.registries.registry import Registry, Reports, Says

_PREFIX: Final = "Microsoft.ContainerRegistry."
_VALIDATION: Final = "Microsoft.EventGrid.SubscriptionValidationEvent"
_ACTIONS: Final = {f"{_PREFIX}ImagePushed": "push", f"{_PREFIX}ImageDeleted": "delete"}
_CHART: Final = "legacy Helm chart API, not an OCI artifact"
_IGNORED: Final = {
    f"{_PREFIX}ChartPushed": _CHART,
    f"{_PREFIX}ChartDeleted": _CHART,
    _VALIDATION: "handshake: echo the code; never fetch validationUrl",
    "Microsoft.EventGrid.SubscriptionDeletedEvent": "the subscription has ended",
}


class _GridEvent(msgspec.Struct, rename="camel"):
    event_type: str
    id: str | None = None
    event_time: str | None = None
    data: object = None


class _Code(msgspec.Struct, rename="camel"):
    validation_code: str


def read(sent: Sent) -> Iterator[Found]:
    yield from array.each(cloudevents.told(sent), _found)


def _found(element: object) -> Iterator[Found]:
    event = _event(element)
    action = _ACTIONS.get(event.event_type)
    if action is None:
        yield Ignored(_IGNORED.get(event.event_type, "a type of event that nobody records"))
        return
    bare = converted(event.data, BareEvent)
    bare.id = bare.id or event.id
    bare.timestamp = bare.timestamp or event.event_time
    yield change(bare, action)


def _event(element: object) -> _GridEvent:
    if not cloudevents.is_one(element):
        return converted(element, _GridEvent)
    one = cloudevents.event(element)
    return _GridEvent(one.type, one.id, one.time, cloudevents.data(one))


def answer(sent: Sent) -> object | None:
    """The code of a validation, which Event Grid waits for before it sends anything else."""
    try:
        told = cloudevents.told(sent)
        for element in told if isinstance(told, list) else [told]:
            if isinstance(element, dict) and element.get("eventType") == _VALIDATION:
                event = converted(element, _GridEvent)
                return {"validationResponse": converted(event.data, _Code).validation_code}
    except UnreadableRequestError:
        pass
    return None


REGISTRY: Final = Registry(
    name="acr-eventgrid",
    label="Azure Container Registry (Event Grid)",
    read=read,
    answer=answer,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.PARTLY,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
