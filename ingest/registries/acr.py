"""Azure Container Registry's own webhook: one event of Distribution's, without an envelope.

Rules: https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference.
Each is sent once. Deletes are those of manifests and repositories: one of a tag alone notifies
nobody, as does a pull. It does not say who did it.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries.adapter import Found, Ignored, Sent, converted, value
from ingest.registries.bare_event import ACTIONS, Action, BareEvent, change
from ingest.registries.reference import needed
from ingest.registries.registry import Registry, Reports, Says

_CHART: Final = "legacy Helm chart API, not an OCI artifact"
_IGNORED: Final = {
    "ping": "ping",
    "chart_push": _CHART,
    "chart_delete": _CHART,
    "quarantine": "quarantine: nobody can pull it yet",
}


def read(sent: Sent) -> Iterator[Found]:
    told = value(sent, object)
    action = needed(converted(told, Action).action, "action")
    if action in ACTIONS:
        yield change(converted(told, BareEvent), action)
    else:
        yield Ignored(_IGNORED.get(action, "an action that nobody records"))


REGISTRY: Final = Registry(
    name="acr",
    label="Azure Container Registry (webhook)",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.NEVER,
        pull=Says.NEVER,
        digest=Says.EXACT,
        actor=Says.NEVER,
        time=Says.EXACT,
        id=Says.EXACT,
    ),
)
