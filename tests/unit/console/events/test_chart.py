from hypothesis import given
from hypothesis import strategies as st

from console.events.chart import HEIGHT, WIDTH, chart
from console.events.periods import NONE, SERIES

FIGURES = st.fixed_dictionaries({series: st.integers(0, 10**12) for series in SERIES})


@given(columns=st.lists(FIGURES, max_size=100))
def test_every_bar_is_in_the_box_and_none_covers_another(columns: list[dict[str, int]]) -> None:
    drawn = chart([(str(number), figures) for number, figures in enumerate(columns)])
    right = 0.0
    for column, figures in zip(drawn.columns, columns, strict=True):
        bottom = float(HEIGHT)
        for bar in column.bars:
            assert bar.x >= right
            assert bar.x + bar.width <= WIDTH + 1e-6
            assert abs(bar.y + bar.height - bottom) < 1e-6
            bottom = bar.y
        assert bottom >= -1e-6
        assert len(column.bars) == sum(1 for figure in figures.values() if figure)
        right = max([right, *(bar.x + bar.width for bar in column.bars)])


def test_the_highest_column_is_as_high_as_the_box() -> None:
    drawn = chart([("a", {"pushes": 3, "creations": 1, "deletes": 0}), ("b", NONE)])
    assert drawn.highest == 4
    assert sum(bar.height for bar in drawn.columns[0].bars) == HEIGHT
    assert drawn.columns[1].bars == []
