"""A service by its own account: what stands in its /metrics and its /health/ready. Pure."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from console.overview.seen.service import SenderFault, Service, Subscription
from shared.metrics import PREFIX
from shared.text import printable

_KINDS: Final = ("ingest", "worker", "forward")
_PROCESS: Final = "process"
_ADDRESS: Final = 64
_URL: Final = 1_200


def read(url: str, metrics: str, ready: str) -> Service:
    """A service from its /metrics and its /health/ready, whatever answers there."""
    try:
        return _read(url, metrics, ready)
    except (ValueError, AttributeError, KeyError, TypeError, OverflowError, RecursionError):
        return Service(url, fault="is no ingest, worker or forward")


def _read(url: str, metrics: str, ready: str) -> Service:
    families = {family.name: family for family in text_string_to_metric_families(metrics)}
    document = json.loads(ready)
    missing = document.get("missing", {})
    kind = next((kind for kind in _KINDS if f"{PREFIX}{kind}_events" in families), "service")
    in_hand = _values(families.get(f"{PREFIX}worker_events_in_hand"))
    events_of = _by_process(families.get(f"{PREFIX}{kind}_events"))
    build = families.get(f"{PREFIX}build_info")
    return Service(
        url=url,
        kind=kind,
        fault=printable("; ".join(f"{part}: {why}" for part, why in missing.items()), 300),
        version=_version(build),
        events=sum(events_of.values()),
        events_of={number: events_of.get(number, 0.0) for number in _processes(build)},
        dead_lettered=sum(_by_process(families.get(f"{PREFIX}dead_letters")).values()),
        sender_faults=_sender_faults(document.get("sender_faults", {})),
        subscriptions=_subscriptions(document.get("subscriptions", [])),
        in_hand=int(sum(in_hand)) if in_hand else None,
        batch_age=max(_values(families.get(f"{PREFIX}worker_batch_age_seconds")), default=0.0),
    )


def _sender_faults(document: Mapping[str, Any]) -> Sequence[SenderFault]:
    return [
        SenderFault(
            kind=printable(kind, 40),
            count=int(one["count"]),
            first_age=_finite(float(one["first_age"])),
            last_age=_finite(float(one["last_age"])),
            addresses=[printable(str(address), _ADDRESS) for address in one["addresses"]],
            others=bool(one["others"]),
        )
        for kind, one in document.items()
    ]


def _subscriptions(document: Sequence[Mapping[str, Any]]) -> Sequence[Subscription]:
    return [
        Subscription(
            source=printable(str(one["source"]), 40),
            url=printable(str(one["url"]), _URL),
            age=_finite(float(one["age"])),
        )
        for one in document
        if one["url"] is not None
    ]


def _by_process(family: Metric | None) -> Mapping[str, float]:
    """Of what reached the queue: other verbs than these are dropped by the broker."""
    found: dict[str, float] = {}
    for sample in family.samples if family else ():
        labels = sample.labels
        if (
            sample.name.endswith("_total")
            and labels.get("action") not in {"pull", "mount"}
            and labels.get("outcome") != "ignored"
        ):
            number = labels.get(_PROCESS, "")
            found[number] = found.get(number, 0.0) + _finite(sample.value)
    return found


def _processes(build: Metric | None) -> Iterable[str]:
    """Those that answered, if there are several."""
    for sample in build.samples if build else ():
        if _PROCESS in sample.labels:
            yield printable(sample.labels[_PROCESS], 40)


def _values(gauge: Metric | None) -> Sequence[float]:
    return [_finite(sample.value) for sample in gauge.samples] if gauge else []


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no figure")
    return value


def _version(family: Metric | None) -> str:
    labels = family.samples[0].labels if family and family.samples else {}
    return printable(labels.get("version", ""), 40)
