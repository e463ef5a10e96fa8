"""Portus: a push or a delete of its Distribution, forwarded as one event without an envelope.

Rules: https://github.com/SUSE/Portus/blob/master/app/models/webhook.rb. Each is sent once, and no
pull is. With Distribution 2 the delete of a blob looks like that of a manifest.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries.adapter import Found, Ignored, Sent, converted, value
from ingest.registries.bare_event import ACTIONS, Action, BareEvent, change
from ingest.registries.reference import needed
from ingest.registries.registry import Registry, Reports, Says


def read(sent: Sent) -> Iterator[Found]:
    told = value(sent, object)
    action = needed(converted(told, Action).action, "action")
    if action in ACTIONS:
        yield change(converted(told, BareEvent), action)
    else:
        yield Ignored("an action that nobody records")


REGISTRY: Final = Registry(
    name="portus",
    label="Portus",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.PARTLY,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.PARTLY,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
