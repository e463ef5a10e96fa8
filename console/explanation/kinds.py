"""What an event is about, where neither its registry nor an adapter says it in one word."""

import msgspec

from ingest.registries.adapter import Kind
from shared.event import Event
from worker.classification.geo import is_geo_event


def kind(event: Event) -> Kind:
    """A delete of a blob looks like one of a manifest: a digest and no media type."""
    if event.origin.kind:
        return Kind(event.origin.kind)
    if event.action == "rename":
        return Kind.REPOSITORY
    if event.action == "delete":
        if event.digest:
            return Kind.MANIFEST
        return Kind.TAG if event.tag else Kind.REPOSITORY
    # The rule for what a replica would copy is the one that tells manifests from blobs.
    pushed = msgspec.structs.replace(event, action="push")
    return Kind.MANIFEST if is_geo_event(pushed, repository_has_row=True) else Kind.BLOB
