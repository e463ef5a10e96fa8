"""Registries that do not send Distribution's envelope: a module each, and this table of them.

None knows another one, nor how events travel: `ingest.registries.adapter` has what they share.
"""

from collections.abc import Mapping
from typing import Final

from ingest.registries import (
    acr,
    acr_eventgrid,
    aliyun_acr,
    artifactory,
    cloudsmith,
    dockerhub,
    ecr,
    forgejo,
    gar,
    ghcr,
    gitea,
    harbor,
    msr,
    nexus,
    portus,
    quay,
    zot,
)
from ingest.registries.registry import Registry

REGISTRIES: Final[Mapping[str, Registry]] = {
    one.name: one
    for one in (
        acr.REGISTRY,
        acr_eventgrid.REGISTRY,
        aliyun_acr.REGISTRY,
        artifactory.REGISTRY,
        cloudsmith.REGISTRY,
        dockerhub.REGISTRY,
        ecr.REGISTRY,
        forgejo.REGISTRY,
        gar.REGISTRY,
        ghcr.REGISTRY,
        gitea.REGISTRY,
        harbor.REGISTRY,
        msr.REGISTRY,
        nexus.REGISTRY,
        portus.REGISTRY,
        quay.REGISTRY,
        zot.REGISTRY,
    )
}
