"""What an operator is told of senders that do something wrong, over and over."""

from collections.abc import Sequence
from datetime import timedelta, timezone

import pytest

from console.overview.findings.finding import State
from console.overview.flow import Flow
from console.overview.seen.database import Conflicts, Database
from console.overview.seen.service import SenderFault, Service, Subscription
from console.overview.snapshot import Snapshot
from console.overview.verdict import judge
from tests.unit.console.overview.seen import make_activity, make_snapshot


def sent_to(fault: SenderFault) -> Sequence[Service]:
    return [Service("http://i:1", "ingest", sender_faults=[fault])]


def asked(subscription: Subscription) -> Sequence[Service]:
    return [Service("http://i:1", "ingest", subscriptions=[subscription])]


CASES = {
    "a token that is none of ours": (
        make_snapshot(services=sent_to(SenderFault("token", 13, 3_420.0, 4.2, ["10.0.0.7"]))),
        (
            "ingest http://i:1: 13 notifications refused since 02:03 UTC (last 4 s ago, from "
            "10.0.0.7): the token is none of REGISTRY_EVENTS_TOKENS; the registry repeats them "
            "until it is: add it there and restart this ingest, or mend the registry's "
            "Authorization header"
        ),
    ),
    "a source that nothing proves": (
        make_snapshot(services=sent_to(SenderFault("proof", 2, 60.0, 4.2, ["10.0.0.7"]))),
        (
            "ingest http://i:1: 2 notifications refused since 02:59 UTC (last 4 s ago, from "
            "10.0.0.7): nothing in them proves that their source sends them; most registries do "
            "not repeat them: look at its auth in REGISTRY_EVENTS_SOURCES, and at the secret that "
            "the registry has"
        ),
    ),
    "bodies that are too large, since yesterday": (
        make_snapshot(
            services=sent_to(
                SenderFault(
                    "too_large", 1, 4 * 3_600.0, 60.0, ["10.0.0.7", "10.0.0.8"], others=True
                )
            )
        ),
        (
            "ingest http://i:1: 1 notification cut since 2026-11-23 23:00 UTC (last 1 min ago, "
            "from 10.0.0.7, 10.0.0.8 and others): the body is larger than "
            "REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES, so only its beginning is kept, as a dead "
            "letter: look who sends it; if it is an honest registry, raise the limit and restart "
            "this ingest"
        ),
    ),
    "ids that are used twice": (
        make_snapshot(
            database=Database(
                activity=make_activity(), conflicts=Conflicts(1_204, 70.0, "1", "team/app", "reg-1")
            )
        ),
        (
            "1,204 events of the last 24 hours came under ids that are recorded with another "
            "content, so they are not counted (last 1 min ago from reg-1, id 1, repository "
            "team/app): mend their sender, it reuses ids; the table conflicting_events has them"
        ),
    ),
    "a subscription that waits": (
        make_snapshot(services=asked(Subscription("prod", "https://sns.x/?a", 70.0))),
        (
            "ingest http://i:1: source prod: Amazon SNS asks to confirm the subscription (1 min "
            "ago), and sends no event before: open https://sns.x/?a"
        ),
    ),
    "a subscription that nobody should confirm": (
        make_snapshot(services=asked(Subscription("prod", "", 4.0))),
        (
            "ingest http://i:1: source prod: Amazon SNS asks to confirm a subscription (4 s ago) "
            "by an address that is not Amazon's: do not open it"
        ),
    ),
    "a fault that a newer ingest knows": (
        make_snapshot(services=sent_to(SenderFault("odd_moon", 2, 60.0, 60.0))),
        (
            "ingest http://i:1: 2 notifications faulty since 02:59 UTC (last 1 min ago): "
            "odd_moon; its log says more"
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_in_words(case: tuple[Snapshot, str]) -> None:
    snapshot, text = case
    verdict = judge(snapshot, Flow(window=5.0))
    assert (verdict.state, [finding.text for finding in verdict.findings]) == (
        State.DEGRADED,
        [text],
    )


def test_since_when_is_told_in_the_zone_of_the_reader() -> None:
    snapshot = make_snapshot(services=sent_to(SenderFault("token", 13, 3_420.0, 4.2)))
    (finding,) = judge(snapshot, Flow(), timezone(timedelta(hours=-5))).findings
    assert " refused since 21:03 UTC-05:00 (last 4 s ago)" in finding.text
