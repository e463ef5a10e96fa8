"""Gitea: the event `package` of a container, created or deleted.

Rules: https://docs.gitea.com/usage/webhooks. Each is sent once. There are hooks of a
repository, an owner and the whole system: use one. Of a tag it tells no digest; never sent: pulls.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries.adapter import Found, Sent
from ingest.registries.forge_package import REPORTS, found
from ingest.registries.registry import Registry


def read(sent: Sent) -> Iterator[Found]:
    yield from found(sent, ("gitea", "gogs"))


REGISTRY: Final = Registry(name="gitea", label="Gitea", read=read, reports=REPORTS)
