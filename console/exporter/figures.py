"""What the exporter shows: the last look, or nothing of a server that it did not see."""

from collections.abc import Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.registry import Collector

from console.exporter import broker_figures, database_figures
from console.exporter.family import family
from console.overview.collector import Overview
from console.overview.snapshot import Snapshot
from shared.amqp.dead_letter import Reason
from shared.metrics import Figures

_NOT_YET = "nothing was looked at yet"
_LOCKED = "somebody's lock keeps everybody from its tables"


class ExporterFigures(Figures):
    """A figure that is not known is left out: it is not 0, and not what it was."""

    def __init__(self) -> None:
        super().__init__()
        self._last = _Last()
        self.registry.register(self._last)

    def show(self, seen: Overview, reasons: Mapping[Reason, int]) -> None:
        """`reasons` are those of the dead letters, as far as these were counted."""
        self._last.seen, self._last.reasons = seen, reasons

    @property
    def missing(self) -> Mapping[str, str]:
        seen = self._last.seen
        faults = _faults(seen.snapshot) if seen else {"figures": _NOT_YET}
        return {part: why for part, why in faults.items() if why}


class _Last(Collector):
    def __init__(self) -> None:
        self.seen: Overview | None = None
        self.reasons: Mapping[Reason, int] = {}

    def describe(self) -> Iterator[Metric]:
        """Of what is registered: else it would be collected for that."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        if self.seen is None:
            return
        snapshot = self.seen.snapshot
        yield family(
            "exporter_up",
            "1 if the last look saw that server, the broker or the database.",
            "server",
            {server: float(not why) for server, why in _faults(snapshot).items()},
        )
        if not snapshot.broker.fault:
            yield from broker_figures.of(self.seen, self.reasons)
        yield from database_figures.of(snapshot.database)


def _faults(snapshot: Snapshot) -> Mapping[str, str]:
    database = snapshot.database
    return {
        "broker": snapshot.broker.fault,
        "database": database.fault or (_LOCKED if database.is_locked else ""),
    }
