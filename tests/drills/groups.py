"""The groups of drills, in the order of the table."""

from collections.abc import Mapping, Sequence

from tests.drills import (
    broker,
    cluster,
    database,
    duplicates,
    following,
    hostile,
    kills,
    memory,
    network,
    poison,
    reconciling,
    registries,
    replaying,
    stopping,
    syncing,
)
from tests.drills.drill import Drill

GROUPS: Mapping[str, Sequence[Drill]] = {
    "kills": kills.DRILLS,
    "broker": broker.DRILLS,
    "cluster": cluster.DRILLS,
    "database": database.DRILLS,
    "network": network.DRILLS,
    "poison": poison.DRILLS,
    "stopping": stopping.DRILLS,
    "duplicates": duplicates.DRILLS,
    "registry": registries.DRILLS,
    "replay": replaying.DRILLS,
    "geo": (*following.DRILLS, *syncing.DRILLS, *reconciling.DRILLS),
    "hostile": hostile.DRILLS,
    "memory": memory.DRILLS,
}
