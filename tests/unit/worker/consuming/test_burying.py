import json
from collections import Counter

from shared.amqp.publisher import PublishFailedError
from tests.factories import make_event
from tests.unit.worker.models import BATCH, POISON, Database, DeadLetters, Queue, batch_loop


async def test_what_the_broker_has_confirmed_is_not_published_again() -> None:
    queue, dead = Queue(), DeadLetters()
    for _ in range(BATCH):
        queue.publish(json.dumps(make_event(repository=POISON)).encode(), 0)
    # As a queue that is nearly full answers.
    dead.faults = [(2, False, PublishFailedError("refused")) for _ in range(2)]

    await batch_loop(queue, Database(), dead).run()

    buried = Counter(json.loads(message.body)["id"] for message in dead.kept)
    assert sorted(buried.values()) == [1] * BATCH
    assert not queue.messages
