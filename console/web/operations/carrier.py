"""Carrying an order out, by the functions that the command line has for it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from console.dead_letters.errors import BusyError
from console.dead_letters.operations.audit import Operation, Trail
from console.dead_letters.operations.returned import Sent
from console.dead_letters.operations.run import Attended, Outcome
from console.errors import DatabaseAwayError
from console.web.operations.background import Running
from console.web.scans import Scans
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Carrier:
    settings: Settings
    scans: Scans

    async def carry_out(self, running: Running) -> None:
        """The result stands in `running`; raises only what nobody thought of."""
        order = running.order
        running.step = f"{order.kind.name.removesuffix('e')}ing"
        since = datetime.now(UTC)
        try:
            if not running.stop.is_set():
                running.outcome, trail = await self._act(running)
                running.notes += [f"the audit trail is in the log: {trail.fault}"] * bool(
                    trail.fault
                )
        except (BusyError, BrokerAwayError, TopologyConflictError, DatabaseAwayError) as error:
            running.outcome.stopped = str(error)
        finally:
            self.scans.forget()
            if order.kind.sends and running.outcome.done:
                running.sent = Sent(order.actor, since, datetime.now(UTC))
        _conclude(running)

    async def _act(self, running: Running) -> tuple[Outcome, Trail]:
        order = running.order

        def report(outcome: Outcome) -> None:
            running.outcome = outcome

        attended = Attended(report, running.notes.append, running.stop)
        work = Operation(
            operation=order.kind.name,
            actor=order.actor,
            selector=str(order.plan.selection),
            matched=order.plan.matched,
            note=order.note,
        )
        return await order.kind.carry_out(self.settings, order, work, attended)


def _conclude(running: Running) -> None:
    outcome, skipped = running.outcome, running.order.plan.skipped.total()
    if running.stop.is_set() and running.handled < running.total:
        outcome.stopped = outcome.stopped or "interrupted"
    parts = [f"{outcome.done:,} of {running.total:,} {running.order.kind.past}"]
    parts += [f"{outcome.failed.total():,} failed"] if outcome.failed else []
    parts += [f"{outcome.missing:,} were gone already"] if outcome.missing else []
    parts += [f"{skipped:,} left alone"] if skipped else []
    parts += [f"stopped: {outcome.stopped}"] if outcome.stopped else []
    running.notes = [note for note in running.notes if note != outcome.stopped]
    running.ended = "; ".join(parts)
    running.good = not (outcome.failed or outcome.missing or outcome.stopped)
