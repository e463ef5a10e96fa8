"""The worker's batch logic against a model: any order of events, duplicates, failures, crashes."""

import asyncio
import json
from contextlib import suppress
from typing import TypeAlias

import asyncpg
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from shared.amqp.dead_letter import Reason, Story
from shared.amqp.message import Headers
from shared.amqp.publisher import PublishFailedError
from shared.origin import DEFAULT, Origin
from tests.factories import LAYER, MANIFEST, make_event
from tests.unit.worker.models import POISON, Crash, Database, DeadLetters, Queue, batch_loop
from worker.verdicts import repository_key

Sent: TypeAlias = tuple[bytes, Headers]

OUTAGES = st.sampled_from(
    [
        ConnectionRefusedError("away"),
        TimeoutError(),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.SerializationError("serialization"),
        asyncpg.DiskFullError("full"),
        asyncpg.InterfaceError("closed"),
    ]
)


class Worker(RuleBasedStateMachine):
    sent = Bundle("sent")

    @initialize()
    def start(self) -> None:
        self.queue, self.database, self.dead = Queue(), Database(), DeadLetters()
        self.good: set[str] = set()
        self.bad: set[str] = set()
        self.changing: set[str] = set()
        self.pushed: set[tuple[str, str]] = set()

    @rule(
        target=sent,
        action=st.sampled_from(["push", "push", "delete"]),
        repository=st.sampled_from(["team/app", "team/other", POISON]),
        tag=st.sampled_from(["", "v1"]),
        media_type=st.sampled_from([MANIFEST, LAYER]),
        came_before=st.sampled_from([0, 0, 2, 3, 4, 5]),
        origin=st.sampled_from([DEFAULT, DEFAULT, Origin("harbor", "harbor", "manifest")]),
    )
    def send(
        self,
        action: str,
        repository: str,
        tag: str,
        media_type: str,
        came_before: int,
        origin: Origin,
    ) -> Sent:
        event = make_event(action, repository, target={"tag": tag, "mediaType": media_type})
        (self.bad if repository == POISON else self.good).add(event["id"])
        if repository != POISON and (origin.kind or tag or media_type == MANIFEST):
            self.changing.add(event["id"])
        if repository != POISON and action == "push" and not tag:
            self.pushed.add((origin.source, repository))
        body = json.dumps(event).encode()
        self.queue.publish(body, came_before, origin.headers)
        return body, origin.headers

    @rule(event=sent)
    def send_again(self, event: Sent) -> None:
        body, headers = event
        self.queue.publish(body, 0, headers)

    @rule(error=OUTAGES, when=st.sampled_from(["before", "after"]))
    def database_will_fail(self, error: Exception, when: str) -> None:
        self.database.faults.append((when, error))

    @rule(when=st.sampled_from(["before", "after"]), attempts=st.integers(0, 3))
    def worker_will_be_killed(self, when: str, attempts: int) -> None:
        """After some `attempts` that meet no fault."""
        self.database.faults += [("never", Crash())] * attempts
        self.database.faults.append((when, Crash()))

    @rule(confirmed=st.integers(0, 3), keeps=st.booleans(), kills=st.booleans())
    def dead_letters_will_fail(self, confirmed: int, keeps: bool, kills: bool) -> None:  # noqa: FBT001  strategies
        error = Crash() if kills else PublishFailedError("timeout")
        self.dead.faults.append((confirmed, keeps, error))

    @rule()
    def channel_will_be_lost(self) -> None:
        self.queue.channel_lost = True

    @rule()
    def work(self) -> None:
        """Until the queue is empty, or the process is killed; then the next one connects."""
        with suppress(Crash):
            asyncio.run(batch_loop(self.queue, self.database, self.dead).run())
        self.queue.lose_channel()

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        recorded, buried = self.database.rows, self._buried()
        assert set(recorded) <= self.good
        assert set(recorded.values()) <= {1}
        assert buried <= self.bad
        assert sorted(self.database.geo) == sorted(self.changing & recorded.keys())
        waiting = {json.loads(body)["id"] for body, *_ in self.queue.messages.values()}
        assert self.good | self.bad <= recorded.keys() | buried | waiting

    def teardown(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.database.faults, self.dead.faults = [], []
        self.work()
        self.work()
        assert self.queue.messages == {}
        assert set(self.database.rows) == self.good
        assert sorted(map(repository_key, self.database.created)) == sorted(self.pushed)
        assert self._buried() == self.bad

    def _buried(self) -> set[str]:
        stories = [Story.read(message.headers) for message in self.dead.kept]
        assert {story.reason for story in stories} <= {Reason.RECORDING_FAILED}
        return {json.loads(message.body)["id"] for message in self.dead.kept}


TestWorker = Worker.TestCase
TestWorker.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
