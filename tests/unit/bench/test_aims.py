import pytest

from tests.bench.aims import ratio, verdicts
from tests.bench.figures import OURS, Aim, Figure, Section


def figure(contender: str, *rounds: float, is_cost: bool = False) -> Figure:
    return Figure("it", contender, "", rounds, is_cost=is_cost)


@pytest.mark.parametrize(
    ("is_cost", "expected"),
    [pytest.param(False, 4.0, id="a rate"), pytest.param(True, 0.25, id="a cost")],
)
def test_more_is_better_by_the_medians_of_rounds(*, is_cost: bool, expected: float) -> None:
    ours = figure(OURS, 7, 8, 100, is_cost=is_cost)
    assert ratio(ours, figure("other", 2, 1, 3, is_cost=is_cost)) == expected


@pytest.mark.parametrize(
    ("aim", "expected"),
    [
        pytest.param(Aim("it", "other", ratio=4), "it >= 4 x other: 4.00x, met", id="met"),
        pytest.param(Aim("it", "other", ratio=5), "it >= 5 x other: 4.00x, missed", id="missed"),
        pytest.param(Aim("it", limit=8), "it <= 8: 8, met", id="limit met"),
        pytest.param(Aim("it", limit=7), "it <= 7: 8, missed", id="limit missed"),
        pytest.param(Aim("it", "gone", ratio=4), "it >= 4 x gone: not measured", id="left out"),
        pytest.param(Aim("else", limit=7), "else <= 7: not measured", id="another measure"),
    ],
)
def test_each_aim_has_a_verdict(aim: Aim, expected: str) -> None:
    section = Section("title", [figure(OURS, 8), figure("other", 2)], "", [aim])
    assert verdicts(section) == [expected]
