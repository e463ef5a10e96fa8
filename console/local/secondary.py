"""A second registry, which geo sync makes equal to the first: for `up --geo`."""

import json
from collections.abc import Mapping
from typing import Final

from console.local.network.ports import LOOPBACK
from console.local.report import LocalError
from console.local.servers.registry import Registry
from console.local.system import System

# The database may be somebody's own, with sites and sources of his.
NAME: Final = "up-geo"


def settings(token: str) -> Mapping[str, str]:
    """What ingest needs to know of it: it notifies as a source of its own."""
    source = {"name": NAME, "registry": "distribution", "auth": {"token": [token]}}
    return {"REGISTRY_EVENTS_SOURCES": json.dumps([source])}


def start(system: System) -> Registry:
    """Beside the first one, which has to be there. Raises LocalError."""
    if system.registry is None:
        raise LocalError("there is no first registry that a second one could be made equal to")
    take = system.workspace.ports.take
    secondary = Registry(
        system.workspace.directory / "secondary",
        f"http://{LOOPBACK}:{system.services.ingest_port}/notifications/distribution/{NAME}",
        system.token,
        take_port=lambda purpose: take(f"secondary-{purpose}"),
        say=system.say,
    )
    system.say("Starting a second registry and geo sync ...")
    system.start_server(secondary)
    # The demonstration deletes one of two tags, which is more than --max-delete lets go.
    system.start_sync(NAME, system.registry.url, secondary.url, "--delete", "--yes")
    return secondary
