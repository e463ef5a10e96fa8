"""A change from its plan to its result, written down before and after."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from console.away import ANSWER
from console.dead_letters import reading
from console.dead_letters.acting import INTERRUPTED, Outcome
from console.dead_letters.audit import Operation, Result, Trail
from console.dead_letters.plan import Plan
from console.dead_letters.reading import Broker
from console.dead_letters.selection import Selection
from console.dead_letters.view import DeadLetter
from shared import faults
from shared.amqp.errors import broker_errors
from shared.amqp.topology import EVENTS_QUEUE


@dataclass(frozen=True, slots=True)
class Target:
    """The queue that requeued events go to: who takes from it, how many wait in it."""

    queue: str
    consumers: int
    ready: int


async def plan(
    broker: Broker, selection: Selection, refusal: Callable[[DeadLetter], str] = lambda _: ""
) -> Plan:
    """Look what the selection names now. Raises BusyError, BrokerAwayError."""
    made = Plan(selection, refusal)
    await reading.each(broker, made.add)
    return made


async def target(broker: Broker) -> Target:
    """Raises BrokerAwayError."""
    channel = await broker_errors(broker.connection.channel(), ANSWER)
    queue = await broker_errors(channel.declare_queue(EVENTS_QUEUE, passive=True), ANSWER)
    declared = queue.declaration_result
    return Target(EVENTS_QUEUE, declared.consumer_count or 0, declared.message_count or 0)


@asynccontextmanager
async def written_down(trail: Trail, operation: Operation) -> AsyncIterator[Outcome]:
    """The block adds what it did to the outcome; also when it raises that is written."""
    await trail.start(operation)
    outcome = Outcome()
    try:
        yield outcome
    except BaseException as error:
        why = faults.in_words(error) if isinstance(error, Exception) else INTERRUPTED
        outcome.stopped = outcome.stopped or why
        raise
    finally:
        await trail.finish(operation, _result(outcome, operation))


def _result(outcome: Outcome, operation: Operation) -> Result:
    failed = outcome.failed.total()
    parts = [f"{why}: {count}" for why, count in outcome.failed.most_common()]
    if outcome.missing:
        parts.append(f"gone before: {outcome.missing}")
    if outcome.stopped:
        parts.append(f"stopped: {outcome.stopped}")
    if not parts and outcome.done < operation.matched:
        parts.append(f"left alone: {operation.matched - outcome.done}")
    return Result(outcome.done, failed, "; ".join(parts) or "done")
