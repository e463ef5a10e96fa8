from console.dead_letters.letter.dead_letter import DeadLetter
from console.dead_letters.operations.plan import Plan, key
from console.dead_letters.selection import Selection
from shared.amqp.dead_letter import Reason
from tests.unit.console.dead_letters.letters import make_dead_letter


def numbered(count: int) -> list[DeadLetter]:
    return [
        make_dead_letter(message_id=f"m{number}", headers={"requeue-count": number % 2})
        for number in range(count)
    ]


def fine(_: DeadLetter) -> str:
    return ""


def test_it_names_what_it_saw_and_nothing_else() -> None:
    seen, later = numbered(3), make_dead_letter(message_id="later")
    plan = Plan(Selection(all=True), fine)
    for dead_letter in seen:
        plan.add(dead_letter)
    assert list(plan.chosen) == [key(dead_letter) for dead_letter in seen]
    assert key(later) not in plan.chosen
    assert plan.matched == 3
    assert plan.requeued_before == 1


def test_the_limit_counts_what_is_done_and_not_what_is_skipped() -> None:
    plan = Plan(Selection(limit=2), lambda one: "odd" if one.requeues else "")
    for dead_letter in numbered(8):
        plan.add(dead_letter)
    assert list(plan.chosen) == [b"m0", b"m2"]
    assert plan.skipped == {"odd": 1}
    assert plan.matched == 3


def test_groups_count_what_is_chosen() -> None:
    plan = Plan(Selection(reason=("recording_failed",)), fine)
    for error in ("a 1", "a 2", "b"):
        plan.add(make_dead_letter(error=error, message_id=error))
    (first, second), document = plan.groups.most_common(), plan.document()
    assert (first[0].error, first[1]) == ("RaiseError: a *", 2)
    assert second[1] == 1
    assert document["chosen"] == 3
    assert document["groups"][0]["group"] == first[0].group


def test_those_that_would_die_again_are_counted() -> None:
    plan = Plan(Selection(all=True), fine)
    for number, reason in enumerate(Reason):
        plan.add(make_dead_letter(message_id=f"m{number}", reason=reason))
    assert len(plan.chosen) == len(Reason)
    assert plan.doomed == 1


def test_without_a_message_id_the_body_tells_them_apart() -> None:
    one, other = (make_dead_letter(body, message_id="") for body in ("a", "b\udcff"))
    assert key(one) != key(other)
    assert key(one) == key(make_dead_letter("a", message_id="", attempts=9))
