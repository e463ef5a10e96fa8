"""What senders of ingests do wrong until somebody mends them, or a setting. Pure."""

from collections.abc import Iterator
from datetime import timedelta, tzinfo
from typing import Final

from console.overview.findings.finding import Finding, State
from console.overview.seen.service import SenderFault, Service
from console.overview.snapshot import Snapshot
from console.words.spoken import age, clock, count

_NOT_OURS: Final = (
    "the token is none of REGISTRY_EVENTS_TOKENS; the registry repeats them until it is: add it "
    "there and restart this ingest, or mend the registry's Authorization header"
)
_TOO_LARGE: Final = (
    "the body is larger than REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES, so only its beginning is kept, "
    "as a dead letter: look who sends it; if it is an honest registry, raise the limit and restart "
    "this ingest"
)
_UNPROVEN: Final = (
    "nothing in them proves that their source sends them; most registries do not repeat them: look "
    "at its auth in REGISTRY_EVENTS_SOURCES, and at the secret that the registry has"
)
# By kind: what became of these notifications; why, and what to do about it.
_SAID: Final = {
    "token": ("refused", _NOT_OURS),
    "proof": ("refused", _UNPROVEN),
    "too_large": ("cut", _TOO_LARGE),
}


def sender_findings(snapshot: Snapshot, zone: tzinfo) -> Iterator[Finding]:
    for service in snapshot.services:
        for fault in service.sender_faults:
            yield Finding(State.DEGRADED, _sentence(snapshot, service, fault, zone))


def _sentence(snapshot: Snapshot, service: Service, fault: SenderFault, zone: tzinfo) -> str:
    what, why = _SAID.get(fault.kind, ("faulty", f"{fault.kind}; its log says more"))
    since = clock(snapshot.taken - timedelta(seconds=fault.first_age), snapshot.taken, zone)
    return (
        f"{service.kind} {service.url}: {count(fault.count, 'notification')} {what} since {since} "
        f"(last {age(fault.last_age)} ago{_from(fault)}): {why}"
    )


def _from(fault: SenderFault) -> str:
    if not fault.addresses:
        return ""
    return f", from {', '.join(fault.addresses)}{' and others' if fault.others else ''}"
