"""What several processes of a service say of themselves, said as one. Pure.

Processes go by their numbers, from 1: one that takes another's place has its number too, so that
series in Prometheus do not become more with each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector


def missing(
    lacking: Mapping[int, Mapping[str, str]], silent: Mapping[int, str]
) -> Mapping[str, str]:
    """What processes lack, by part, with the numbers of those that do; `silent` are missing."""
    said: dict[str, dict[str, list[int]]] = {}
    for number, parts in lacking.items():
        for part, why in parts.items():
            said.setdefault(part, {}).setdefault(why, []).append(number)
    return {part: _told(reasons) for part, reasons in said.items()} | {
        _named([number]): why for number, why in silent.items()
    }


def figures(texts: Mapping[int, str]) -> bytes:
    """Several /metrics as one, where the label `process` says whose each figure is."""
    families: dict[str, Metric] = {}
    for number, text in texts.items():
        for one in text_string_to_metric_families(text):
            family = families.setdefault(one.name, Metric(one.name, one.documentation, one.type))
            family.samples += [
                sample._replace(labels={**sample.labels, "process": str(number)})
                for sample in one.samples
            ]
    return generate_latest(_Collected(families.values()))


@dataclass(frozen=True, slots=True)
class _Collected(Collector):
    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _told(reasons: Mapping[str, Sequence[int]]) -> str:
    return "; ".join(f"{_named(numbers)}: {why}" for why, numbers in reasons.items())


def _named(numbers: Sequence[int]) -> str:
    word = "process" if len(numbers) == 1 else "processes"
    return f"{word} {', '.join(map(str, numbers))}"
