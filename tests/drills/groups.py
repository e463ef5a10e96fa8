"""The groups of drills, in the order of the table."""

from collections.abc import Mapping, Sequence

from tests.drills import broker, database, kills, network
from tests.drills.drill import Drill

GROUPS: Mapping[str, Sequence[Drill]] = {
    "kills": kills.DRILLS,
    "broker": broker.DRILLS,
    "database": database.DRILLS,
    "network": network.DRILLS,
}
