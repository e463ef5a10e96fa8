"""A queue that refuses for a while has us look from another connection, ever more seldom."""

from shared.amqp.refusals import Refusals


def test_a_short_refusal_is_no_reason() -> None:
    refusals = Refusals()
    assert not refusals.refused(10.0)
    assert not refusals.refused(10.4)


def test_a_full_queue_has_a_connection_opened_ever_more_seldom() -> None:
    refusals = Refusals()
    moments = [number / 10 for number in range(10_000)]
    opened = [moment for moment in moments if refusals.refused(moment)]
    assert opened[:4] == [0.5, 1.5, 3.5, 7.5]
    assert len(opened) < 25
