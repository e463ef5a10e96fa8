"""Amazon ECR: what EventBridge sends to an API destination, or SNS in an envelope of its own.

Rules: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html and
https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html; with raw delivery SNS sends
the event as it is. AWS sends at best effort. A delete of a tag deletes the image as well if that
was its last one, which the event does not say: it is one of the tag. Not sent: pulls, actors.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import (
    Change,
    Found,
    Ignored,
    Kind,
    Sent,
    converted,
    json_of,
    value,
)
from ingest.registries.reference import Name, needed, tag
from ingest.registries.registry import Registry, Reports, Says
from shared import credentials

_ACTIONS: Final = {"PUSH": "push", "DELETE": "delete"}
_TYPE: Final = "x-amz-sns-message-type"
_CONFIRMATION: Final = "SubscriptionConfirmation"


class _Envelope(msgspec.Struct, rename="pascal"):
    """Of SNS; an event has none of these fields."""

    type: str | None = None
    message: str | None = None
    subscribe_url: str | None = msgspec.field(default=None, name="SubscribeURL")


class _Event(msgspec.Struct, rename="kebab"):
    detail_type: Name
    detail: object = None
    id: str | None = None
    account: str | None = None
    region: str | None = None
    time: str | None = None


class _Detail(msgspec.Struct, rename="kebab"):
    action_type: Name
    repository_name: Name
    # The documentation's own events always have it; only a refusal is no change.
    result: str | None = None
    image_tag: str | None = None
    image_digest: str | None = None
    manifest_media_type: str | None = None


def read(sent: Sent) -> Iterator[Found]:
    told = value(sent, object)
    envelope = converted(told, _Envelope)
    if _CONFIRMATION in {envelope.type, sent.headers.get(_TYPE)}:
        yield _confirmation(envelope.subscribe_url or "")
    elif envelope.type == "UnsubscribeConfirmation":
        yield Ignored("confirmation: the subscription has ended")
    elif envelope.type == "Notification":
        yield _found(json_of(needed(envelope.message, "Message")))
    else:
        yield _found(told)


def _confirmation(url: str) -> Ignored:
    """An operator opens it, or nobody: whoever may send as this source chose the address."""
    if not credentials.SNS_CONFIRMATION.fullmatch(url):
        why = "Amazon SNS asks to confirm a subscription by an address that is not Amazon's"
        return Ignored(f"{why}: do not open it", "")
    return Ignored(f"Amazon SNS asks to confirm the subscription: open {url}", url)


def _found(told: object) -> Found:
    event = converted(told, _Event)
    if event.detail_type != "ECR Image Action":
        return Ignored("not an ECR Image Action")
    detail = converted(event.detail, _Detail)
    if detail.result not in {None, "SUCCESS"}:
        return Ignored("result is not SUCCESS: nothing changed")
    if detail.action_type not in _ACTIONS:
        return Ignored("action-type is neither PUSH nor DELETE")
    return _change(event, detail)


def _change(event: _Event, detail: _Detail) -> Change:
    needed(detail.image_tag or detail.image_digest, "image-tag and no image-digest")
    action, named = _ACTIONS[detail.action_type], tag(detail.image_tag)
    return Change(
        action=action,
        repository=detail.repository_name,
        kind=Kind.TAG if action == "delete" and named else Kind.MANIFEST,
        tag=named,
        digest=detail.image_digest or None,
        media_type=detail.manifest_media_type or None,
        occurred_at=event.time or None,
        event_id=event.id or None,
        host=_host(event),
    )


def _host(event: _Event) -> str | None:
    if not (event.account and event.region):
        return None
    domain = "amazonaws.com.cn" if event.region.startswith("cn-") else "amazonaws.com"
    return f"{event.account}.dkr.ecr.{event.region}.{domain}"


REGISTRY: Final = Registry(
    name="ecr",
    label="Amazon ECR",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.PARTLY,
        delete_tag=Says.PARTLY,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.NEVER,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
