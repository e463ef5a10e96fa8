"""Gitea: the event `package` of a container, created or deleted.

Rules: https://docs.gitea.com/usage/webhooks. Each is sent once. There are hooks of a
repository, an owner and the whole system: use one. Of a tag it tells no digest; never sent: pulls.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries.adapter import Found, Sent
from ingest.registries.forge_package import found
from ingest.registries.registry import Registry, Reports, Says


def read(sent: Sent) -> Iterator[Found]:
    yield from found(sent, ("gitea", "gogs"))


REGISTRY: Final = Registry(
    name="gitea",
    label="Gitea",
    read=read,
    reports=Reports(
        push_tag=Says.EXACT,
        push_untagged=Says.EXACT,
        delete_manifest=Says.EXACT,
        delete_tag=Says.EXACT,
        pull=Says.NEVER,
        digest=Says.PARTLY,
        actor=Says.EXACT,
        time=Says.PARTLY,
        id=Says.EXACT,
    ),
)
