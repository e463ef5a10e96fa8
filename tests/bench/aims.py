"""Ratios, and whether what was aimed at was reached."""

from collections.abc import Mapping

from tests.bench.figures import OURS, Aim, Figure, Section


def ratio(one: Figure, other: Figure) -> float:
    """How many times as good `one` is as `other`: more is better, of costs too."""
    good, bad = (other, one) if one.is_cost else (one, other)
    return good.value / bad.value if bad.value else float("inf")


def by_contender(section: Section, measure: str) -> Mapping[str, Figure]:
    return {one.contender: one for one in section.figures if one.measure == measure}


def verdicts(section: Section) -> list[str]:
    """A line for each aim; one that compares with who was left out has no verdict."""
    return [_verdict(aim, by_contender(section, aim.measure)) for aim in section.aims]


def _verdict(aim: Aim, figures: Mapping[str, Figure]) -> str:
    ours, other = figures.get(OURS), figures.get(aim.contender)
    if aim.limit is not None:
        said = f"{aim.measure} <= {aim.limit:,g}"
        is_met = ours and ours.value <= aim.limit
        seen = f"{ours.value:,.3g}" if ours else ""
    else:
        said = f"{aim.measure} >= {aim.ratio:g} x {aim.contender}"
        times = ratio(ours, other) if ours and other else None
        is_met = times is not None and times >= (aim.ratio or 0)
        seen = f"{times:.2f}x" if times is not None else ""
    return f"{said}: {seen}, {'met' if is_met else 'missed'}" if seen else f"{said}: not measured"
