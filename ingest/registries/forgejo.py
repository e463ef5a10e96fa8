"""Forgejo: the event `package` of a container, with headers of its own beside Gitea's.

Rules: https://forgejo.org/docs/latest/user/webhooks/. Each is sent once. There are hooks of a
repository, an owner and the whole system: use one. Of a tag it tells no digest; never sent: pulls.
"""

from collections.abc import Iterator
from typing import Final

from ingest.registries.adapter import Found, Sent
from ingest.registries.forge_package import REPORTS, found
from ingest.registries.registry import Registry


def read(sent: Sent) -> Iterator[Found]:
    yield from found(sent, ("forgejo", "gitea", "gogs"))


REGISTRY: Final = Registry(name="forgejo", label="Forgejo", read=read, reports=REPORTS)
