"""Plans are carried out once, and not when they are old; orders one after another."""

import asyncio

import pytest

from console.dead_letters.letter.dead_letter import Named
from console.dead_letters.operations.plan import Plan
from console.dead_letters.selection import Selection
from console.web.operations import plans as plans_of
from console.web.operations.background import Operations, Running
from console.web.operations.discard import DISCARD
from console.web.operations.order import Order
from console.web.operations.plans import Planned, Plans
from console.web.operations.requeue import REQUEUE
from tests.waiting import eventually


def make_plan(count: int = 3) -> Plan:
    plan = Plan(Selection(all=True), lambda _: "")
    plan.chosen = {str(number).encode(): Named("", "") for number in range(count)}
    return plan


def test_a_plan_is_taken_once() -> None:
    plans, plan = Plans(), make_plan()
    identifier = plans.keep(Planned(DISCARD, plan), "anna")
    assert plans.take("another") is None
    assert plans.take(identifier) == Planned(DISCARD, plan)
    assert plans.take(identifier) is None


def test_an_old_plan_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = Plans()
    monkeypatch.setattr(plans_of, "_PLAN_SECONDS", -1.0)
    assert plans.take(plans.keep(Planned(DISCARD, make_plan()), "anna")) is None


def test_the_oldest_plans_of_a_session_make_room_for_its_own() -> None:
    plans = Plans()
    other = plans.keep(Planned(REQUEUE, make_plan()), "anna")
    identifiers = [plans.keep(Planned(REQUEUE, make_plan()), "bert") for _ in range(11)]
    assert plans.take(identifiers[0]) is None
    assert plans.take(identifiers[1])
    assert plans.take(other)


def test_the_oldest_plans_make_room_when_there_are_very_many() -> None:
    plans = Plans()
    planned = Planned(REQUEUE, make_plan())
    identifiers = [plans.keep(planned, f"session {one}") for one in range(101)]
    assert plans.take(identifiers[0]) is None
    assert plans.take(identifiers[1])


def test_what_plans_hold_is_bounded_and_the_last_one_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans_of, "_LARGEST", 5_000)
    plans = Plans()
    first, second, third = (
        plans.keep(Planned(REQUEUE, make_plan(count)), f"session {count}") for count in (5, 6, 15)
    )
    assert plans.find(first) is None
    assert plans.find(second)
    assert plans.find(third)
    huge = plans.keep(Planned(REQUEUE, make_plan(500)), "anna")
    assert plans.find(huge)
    assert plans.find(third) is None


async def test_what_ended_holds_no_dead_letters() -> None:
    async def carry_out(running: Running) -> None:
        running.ended = "done"

    doing = Operations(carry_out)
    running = doing.start(Order(REQUEUE, make_plan(7), "anna"))
    await doing.stop()
    assert (running.total, len(running.order.plan.chosen)) == (7, 0)


async def test_one_order_after_another() -> None:
    going = asyncio.Event()
    steps: list[str] = []

    async def carry_out(running: Running) -> None:
        steps.append(f"{running.order.note} starts")
        await going.wait()
        steps.append(f"{running.order.note} ends")
        running.ended = "done"

    doing = Operations(carry_out)
    first, second = (
        doing.start(Order(REQUEUE, make_plan(), "anna", note)) for note in ("first", "second")
    )
    assert doing.find(second.identifier) is second
    assert second.step == "waiting for its turn"
    going.set()

    async def over() -> bool:
        return second.ended == "done"

    await eventually(over)
    assert first.ended == "done"
    assert steps == ["first starts", "first ends", "second starts", "second ends"]


async def test_the_end_asks_what_runs_to_stop_and_waits_for_it() -> None:
    async def carry_out(running: Running) -> None:
        await running.stop.wait()
        running.ended = "stopped: interrupted"

    doing = Operations(carry_out)
    running = doing.start(Order(REQUEUE, make_plan(), "anna"))
    await doing.stop()
    assert running.ended == "stopped: interrupted"


async def test_what_fails_unforeseen_is_said() -> None:
    async def carry_out(_: Running) -> None:
        raise ZeroDivisionError

    doing = Operations(carry_out)
    running = doing.start(Order(DISCARD, make_plan(), "anna"))
    await doing.stop()
    assert running.ended == "it failed; the log of the console says why"


def test_speed_and_what_is_left() -> None:
    running = Running(Order(REQUEUE, make_plan(100), "anna"))
    assert not running.left
    running.outcome.done, running.seconds = 25, 5.0
    assert (running.handled, running.speed, running.left) == (25, 5.0, 15.0)
