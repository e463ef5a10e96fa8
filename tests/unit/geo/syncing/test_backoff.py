from geo.syncing.backoff import again

MANY = range(200)


def test_it_begins_with_seconds() -> None:
    waits = [again(0).total_seconds() for _ in MANY]
    assert 2.5 <= min(waits) < max(waits) <= 5


def test_it_doubles() -> None:
    waits = [again(3).total_seconds() for _ in MANY]
    assert 20 <= min(waits) < max(waits) <= 40


def test_it_ends_with_an_hour() -> None:
    waits = [again(10_000).total_seconds() for _ in MANY]
    assert 1800 <= min(waits) < max(waits) <= 3600


def test_a_registry_may_ask_for_more() -> None:
    assert again(0, 120.0).total_seconds() == 120
    assert again(10, 120.0).total_seconds() >= 1800
