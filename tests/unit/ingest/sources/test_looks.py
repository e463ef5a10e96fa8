"""How often an issuer is asked, by a clock of the test's own."""

from ingest.sources.looks import AT_ONCE, Looks


def taken(looks: Looks, now: float) -> int:
    """How many are allowed at one moment, of many."""
    return sum(looks.take(now) for _ in range(10))


def test_a_few_at_once_then_one_each_half_minute() -> None:
    looks = Looks()
    assert taken(looks, 1000) == AT_ONCE
    assert taken(looks, 1029) == 0
    assert taken(looks, 1031) == 1
    assert taken(looks, 1062) == 1


def test_a_long_quiet_gives_no_more_than_a_few() -> None:
    looks = Looks()
    assert taken(looks, 0) == AT_ONCE
    assert taken(looks, 100_000) == AT_ONCE


def test_a_look_that_failed_counts_for_a_second_only() -> None:
    looks = Looks()
    for now in range(0, 100, 2):
        assert looks.take(now)
        looks.failed(now)
        assert not looks.take(now + 0.5)
