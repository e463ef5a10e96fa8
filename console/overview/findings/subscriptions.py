"""Sources whose sender waits until somebody confirms a subscription. Pure."""

from collections.abc import Iterator

from console.overview.findings.finding import Finding, State
from console.overview.seen.service import Subscription
from console.overview.snapshot import Snapshot
from console.words.spoken import age


def subscription_findings(snapshot: Snapshot) -> Iterator[Finding]:
    for service in snapshot.services:
        for one in service.subscriptions:
            yield Finding(State.DEGRADED, f"{service.kind} {service.url}: {_sentence(one)}")


def _sentence(one: Subscription) -> str:
    asks = f"source {one.source}: Amazon SNS asks to confirm"
    since = f"({age(one.age)} ago)"
    if one.url:
        return f"{asks} the subscription {since}, and sends no event before: open {one.url}"
    return f"{asks} a subscription {since} by an address that is not Amazon's: do not open it"
