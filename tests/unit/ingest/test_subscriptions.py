"""Which subscriptions wait to be confirmed, as ingest remembers it."""

from ingest.subscriptions import MEMORY, Subscriptions, together
from tests.unit.ingest.test_sender_faults import Clock

URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"


def headers(topic: str = "a") -> dict[str, str]:
    return {"x-amz-sns-topic-arn": topic}


def make_subscriptions() -> tuple[Subscriptions, Clock]:
    clock = Clock()
    return Subscriptions(clock), clock


def urls(*each: Subscriptions) -> list[str]:
    told = together([one.document() for one in each])
    return [one["url"] for one in told if one["url"] is not None]


def test_one_waits_until_its_topic_sends() -> None:
    subscriptions, _ = make_subscriptions()
    subscriptions.note("prod", headers(), URL)
    subscriptions.note("prod", headers("b"), None)
    subscriptions.note("other", headers(), None)
    subscriptions.note("prod", {}, None)
    assert urls(subscriptions) == [URL]
    subscriptions.note("prod", headers(), None)
    assert urls(subscriptions) == []


def test_the_latest_address_is_told_with_its_age() -> None:
    subscriptions, clock = make_subscriptions()
    subscriptions.note("prod", headers(), URL)
    clock.now += 5
    subscriptions.note("prod", headers(), f"{URL}2")
    clock.now += 7
    assert subscriptions.document() == [
        {"source": "prod", "topic": "a", "url": f"{URL}2", "age": 7.0}
    ]


def test_what_another_process_heard_since_counts() -> None:
    first, clock = make_subscriptions()
    second = Subscriptions(clock)
    first.note("prod", headers(), URL)
    clock.now += 1
    second.note("prod", headers(), None)
    assert urls(first, second) == urls(second, first) == []
    clock.now += 1
    first.note("prod", headers(), URL)
    assert urls(first, second) == urls(second, first) == [URL]


def test_an_address_that_opens_nothing_any_more_is_forgotten() -> None:
    subscriptions, clock = make_subscriptions()
    subscriptions.note("prod", headers(), URL)
    clock.now += MEMORY
    assert urls(subscriptions) == [URL]
    clock.now += 1
    assert urls(subscriptions) == []


def test_topics_without_end_take_no_room_without_end() -> None:
    subscriptions, _ = make_subscriptions()
    for number in range(1_000):
        subscriptions.note("prod", headers(f"{number}\x1b{'x' * 1_000}"), URL)
    told = subscriptions.document()
    assert len(told) == 50
    assert told[-1]["topic"].startswith("999\\x1bx")
    assert max(len(one["topic"]) for one in told) < 320
