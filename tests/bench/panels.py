"""What of a run a picture shows: bars that can be compared, a panel each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.aims import by_contender
from tests.bench.figures import OURS, Figure, Section
from tests.bench.results import Run

_RATES: Final = {"worker": "events/s", "ingest": "requests/s", "end-to-end": "events/s"}
_OURS: Final = "registry-events"
_HALF_LOAD: Final = "half load: "
_MILLISECONDS: Final = " ms"


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    bars: Sequence[Bar]


def panels(run: Run) -> Iterator[Panel]:
    """The rates at which something is aimed, or all if none is; then the latencies at half load."""
    for part, unit in _RATES.items():
        if part in run.sections:
            yield from _rates(run.sections[part], unit)
    if "end-to-end" in run.sections:
        yield from _latencies(run.sections["end-to-end"])


def _rates(section: Section, unit: str) -> Iterator[Panel]:
    measures = dict.fromkeys(one.measure for one in section.figures if one.unit == unit)
    aims = {aim.measure for aim in section.aims}
    for measure in [one for one in measures if one in aims] or measures:
        figures = by_contender(section, measure).values()
        separator = ", " if ": " in measure else ": "
        yield Panel(
            f"{section.title}{separator}{measure}",
            [Bar(_name(one), one.value, one.contender == OURS) for one in _ours_first(figures)],
        )


def _latencies(section: Section) -> Iterator[Panel]:
    bars = []
    measures = dict.fromkeys(one.measure for one in section.figures if one.unit == "ms")
    for measure in measures:
        what = measure.removeprefix(_HALF_LOAD).removesuffix(_MILLISECONDS)
        bars += [
            Bar(f"{_name(one)}, {what}", one.value, one.contender == OURS)
            for one in _ours_first(by_contender(section, measure).values())
        ]
    if bars:
        yield Panel(f"{section.title}, {_HALF_LOAD}ms", bars)


def _ours_first(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda one: one.contender != OURS)


def _name(figure: Figure) -> str:
    return _OURS if figure.contender == OURS else figure.contender
