"""Google Artifact Registry: Docker images, by a push of Pub/Sub's topic `gcr`.

Rules: https://cloud.google.com/artifact-registry/docs/configure-notifications and
https://cloud.google.com/pubsub/docs/push. Unwrapped, the body is what is else in `message.data`,
and id and time are headers, if the subscription writes metadata. Not sent: pulls, actors, media
types, and which other tags a deleted image had.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Known,
    Sent,
    UnreadableRequestError,
    converted,
    json_of,
    text_of,
    value,
)
from ingest.registries.reference import Name, needed, tag
from ingest.registries.registry import Registry, Reports, Says

_ACTIONS: Final = {"INSERT": "push", "DELETE": "delete"}
_METADATA: Final = ("message-id", "publish-time")


class _Message(msgspec.Struct):
    data: Name
    messageId: str | None = None  # noqa: N815  it has both spellings, one of them in snake case
    message_id: str | None = None
    publishTime: str | None = None  # noqa: N815
    publish_time: str | None = None


class _Body(msgspec.Struct):
    message: _Message | None = None


class _Data(msgspec.Struct):
    action: Name
    digest: str | None = None
    tag: str | None = None


class _Delivery(NamedTuple):
    data: object
    id: str | None
    time: str | None
    known: Known


def read(sent: Sent) -> Iterator[Found]:
    delivery = _delivery(sent)
    data = converted(delivery.data, _Data)
    if data.action not in _ACTIONS:
        yield Ignored("action is neither INSERT nor DELETE")
        return
    host, repository = _place(data)
    action, named = _ACTIONS[data.action], (data.tag or "").rpartition(":")[2]
    digest = (data.digest or "").rpartition("@")[2]
    needed(named or digest, "digest and no tag")
    yield Change(
        action=action,
        repository=repository,
        kind=Kind.TAG if action == "delete" and named else Kind.MANIFEST,
        tag=tag(named),
        digest=digest or None,
        occurred_at=delivery.time,
        event_id=f"gar:{delivery.id}" if delivery.id else None,
        id_from=delivery.known,
        time_from=delivery.known,
        host=host,
    )


def _delivery(sent: Sent) -> _Delivery:
    told = value(sent, object)
    message = converted(told, _Body).message
    if message is None:
        number, time = (sent.headers.get(f"x-goog-pubsub-{name}") for name in _METADATA)
        return _Delivery(told, number or None, time or None, Known.HEADER)
    try:
        data = base64.b64decode(message.data, validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableRequestError("message.data is not base64") from None
    return _Delivery(
        json_of(text_of(data)),
        message.messageId or message.message_id or None,
        message.publishTime or message.publish_time or None,
        Known.NATIVE,
    )


def _place(data: _Data) -> tuple[str, str]:
    """The host, and project, repository and image; by tag and by digest it is the same one."""
    images = {
        image.rpartition(mark)[0] for image, mark in ((data.digest, "@"), (data.tag, ":")) if image
    }
    if len(images) > 1:
        raise UnreadableRequestError("digest and tag are of two images")
    host, _, repository = needed("".join(images), "digest and no tag").partition("/")
    return needed(host, "host"), needed(repository, "repository")


REGISTRY: Final = Registry(
    name="gar",
    label="Google Artifact Registry",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.NEVER,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
