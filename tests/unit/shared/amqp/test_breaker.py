from shared.amqp.breaker import Breaker, State


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(3):
        assert breaker.admit()
        breaker.timed_out()
    return breaker


def test_one_late_confirm_refuses_nobody() -> None:
    breaker = Breaker()
    breaker.admit()
    breaker.timed_out()
    assert all(breaker.admit() for _ in range(5))


def test_late_confirms_with_others_between_them_refuse_nobody() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.timed_out()
        breaker.timed_out()
        breaker.confirmed()
    assert breaker.state is State.CLOSED


def test_open_it_admits_one_at_a_time() -> None:
    breaker = opened()
    assert [breaker.admit(), breaker.admit(), breaker.admit()] == [True, False, False]
    breaker.timed_out()
    assert [breaker.admit(), breaker.admit()] == [True, False]


def test_a_probe_that_failed_for_another_reason_makes_room_for_the_next() -> None:
    breaker = opened()
    breaker.admit()
    breaker.unknown()
    assert breaker.state is State.OPEN
    assert breaker.admit()


def test_a_confirm_admits_everybody_again() -> None:
    breaker = opened()
    breaker.admit()
    breaker.confirmed()
    assert all(breaker.admit() for _ in range(5))


def test_a_broker_that_only_answers_still_gets_one_at_a_time() -> None:
    breaker = opened()
    breaker.answers()
    assert [breaker.admit(), breaker.admit()] == [True, False]
    assert breaker.state is State.ANSWERING


def test_one_more_timeout_opens_it_again() -> None:
    breaker = opened()
    breaker.answers()
    breaker.admit()
    breaker.timed_out()
    assert breaker.state is State.OPEN
