"""Which messages are kept, and what is said of one that is not."""

from collections.abc import Sequence

import pytest

from shared.amqp.keeping import KeepingPublisher
from shared.amqp.kept import KEPT_QUEUE, with_copies
from shared.amqp.message import Message
from shared.amqp.publisher import PublishFailedError
from shared.amqp.topology import DEAD_EXCHANGE, EVENTS_EXCHANGE

PUSH = Message(EVENTS_EXCHANGE, "event.push", b'{"1": 1}', {"event-id": "1"}, repository="team/app")
PULL = Message(EVENTS_EXCHANGE, "event.pull", b'{"2": 2}', {"event-id": "2"}, mandatory=False)
DEAD = Message(DEAD_EXCHANGE, "event", b'{"3": 3}')
PROBE = Message(EVENTS_EXCHANGE, "probe", b"{}", mandatory=False)


class Broker:
    """Confirms all but what goes to these keys."""

    def __init__(self, *unconfirmed: str) -> None:
        self.unconfirmed = unconfirmed
        self.asked: list[Message] = []

    async def publish(self, messages: Sequence[Message], *, deadline: float) -> None:
        assert deadline
        self.asked += messages
        if lacking := [one for one in messages if one.routing_key in self.unconfirmed]:
            # Spreading makes others of them.
            lacking = [one._replace(exchange="another") for one in lacking]
            raise PublishFailedError("timeout", "no confirm", lacking)


def test_an_event_has_a_copy_that_must_arrive() -> None:
    messages = with_copies([PUSH, PULL])
    assert messages[:2] == [PUSH, PULL]
    assert [(one.exchange, one.routing_key) for one in messages[2:]] == [("", KEPT_QUEUE)] * 2
    assert [one.body for one in messages[2:]] == [PUSH.body, PULL.body]
    assert [one.headers for one in messages[2:]] == [PUSH.headers, PULL.headers]
    assert all(one.mandatory for one in messages[2:])


@pytest.mark.parametrize("message", [DEAD, PROBE], ids=["dead letter", "probe"])
def test_what_is_no_event_is_not_kept(message: Message) -> None:
    assert with_copies([message]) == [message]


async def test_without_the_setting_nothing_is_kept() -> None:
    broker = Broker()
    await KeepingPublisher(broker, keeps=False).publish([PUSH], deadline=1)
    assert broker.asked == [PUSH]


@pytest.mark.parametrize("key", ["event.push", KEPT_QUEUE])
async def test_an_event_is_confirmed_when_both_are(key: str) -> None:
    with pytest.raises(PublishFailedError, match="timeout: no confirm") as raised:
        await KeepingPublisher(Broker(key), keeps=True).publish(
            [PUSH, DEAD._replace(routing_key="event")], deadline=1
        )
    assert raised.value.unconfirmed == [PUSH]
    assert raised.value.cause == "timeout"
