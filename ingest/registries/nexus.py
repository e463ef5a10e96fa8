"""Sonatype Nexus Repository 3: components of Docker repositories, without digests.

Rules: sonatype/nexus-public, RepositoryComponentWebhook.java and WebhookServiceImpl.java. UPDATED
is a push of a tag that was there; a component pushed by digest has this as its version. Not sent:
pulls, media types, what a cleanup removed.

`repositoryName` is the first part of an image's name with path-based routing only: by default it is
left out.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ingest.registries.adapter import Change, Found, Ignored, Kind, Known, Sent, converted, value
from ingest.registries.reference import Name, digest, needed, tag
from ingest.registries.registry import Option, Registry, Reports, Says

_ACTIONS: Final = {"CREATED": "push", "UPDATED": "push", "DELETED": "delete"}
_TAKE_NAME: Final = Option(
    "repository-name", "take", "the repository's name stands in front of the image's"
)


class _Body(msgspec.Struct, rename="camel"):
    action: str | None = None
    component: object = None
    asset: object = None
    timestamp: str | None = None
    node_id: str | None = None
    initiator: str | None = None
    repository_name: str | None = None


class _Component(msgspec.Struct):
    format: Name
    name: str | None = None
    version: str | None = None


def read(sent: Sent) -> Iterator[Found]:
    body = value(sent, _Body)
    if reason := _not_ours(sent.headers.get("x-nexus-webhook-id", ""), body):
        yield Ignored(reason)
        return
    component = converted(body.component, _Component)
    if component.format != "docker":
        yield Ignored("component.format is not docker")
        return
    action = _ACTIONS.get(needed(body.action, "action"))
    if action is None:
        yield Ignored("action is none of CREATED, UPDATED, DELETED")
        return
    yield _change(sent, body, component, action)


def _not_ours(hook: str, body: _Body) -> str:
    """By the header if there is one, else by what the body holds."""
    if hook == "rm:repository:asset" or (not hook and body.asset is not None):
        return "asset events double the component events (manifests and every layer)"
    if hook not in {"", "rm:repository:component"}:
        return "not an event of a repository's components"
    if body.action == "PURGED":
        return "PURGED names internal ids only: what was removed cannot be known"
    return ""


def _change(sent: Sent, body: _Body, component: _Component, action: str) -> Change:
    name, version = needed(component.name, "name"), needed(component.version, "version")
    if _TAKE_NAME.is_chosen(sent.options):
        name = f"{needed(body.repository_name, 'repositoryName')}/{name}"
    named, delivery = tag(version), sent.headers.get("x-nexus-webhook-delivery")
    user, _, address = (body.initiator or "").rpartition("/")
    return Change(
        action=action,
        repository=name,
        kind=Kind.TAG if action == "delete" and named else Kind.MANIFEST,
        tag=named,
        digest=digest(version),
        # `*TASK`, Nexus itself, has no address.
        actor=user or address or None,
        occurred_at=body.timestamp or None,
        event_id=delivery or None,
        id_from=Known.HEADER,
        address=address if user else None,
        node=body.node_id or None,
    )


REGISTRY: Final = Registry(
    name="nexus",
    label="Sonatype Nexus 3",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.PARTLY,
        delete_manifest=Says.PARTLY,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.NEVER,
        actor=Says.EXACT,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
    options=(_TAKE_NAME,),
)
