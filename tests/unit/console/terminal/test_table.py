from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.table import Column, Table, cut
from shared.text import printable

COLUMNS = (
    Column("ID"),
    Column("COUNT", right=True),
    Column("REASON", rank=8),
    Column("ERROR", least=30, rank=3, below=True),
    Column("NAME", least=10, rank=5),
    Column("EVENT", rank=1),
)
LONG = "id: must be text of 1 to 255 characters, not 300"
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="漢チa\u0301\u202e\x1b\ufe0f👩🏽", max_size=300),
    st.integers(0, 5_000).map("x".__mul__),
).map(printable)
ROW = st.tuples(
    st.sampled_from(["a1b2c3", "012345"]),
    st.integers(0, 10**9).map(str),
    st.sampled_from(["recording_failed", "invalid_event"]),
    *[HOSTILE] * 3,
)


def laid(rows: Sequence[Sequence[str]], width: int | None) -> Sequence[str]:
    table = Table(COLUMNS, width)
    return [*table.heading(rows), *table.lines(rows)]


@given(st.lists(ROW, max_size=4), st.integers(40, 200))
def test_no_line_is_longer_than_the_width(rows: list[tuple[str, ...]], width: int) -> None:
    lines = laid(rows, width)
    assert not [line for line in lines if cell_len(line) > width]
    assert all(row[0] in "\n".join(lines) for row in rows)


@given(st.lists(st.tuples(*[HOSTILE] * 6), max_size=4), st.integers(40, 200))
def test_nor_where_ids_are_hostile_too(rows: list[tuple[str, ...]], width: int) -> None:
    assert not [line for line in laid(rows, width) if cell_len(line) > width]


@given(st.lists(ROW, min_size=1, max_size=4))
def test_without_a_width_nothing_is_cut(rows: list[tuple[str, ...]]) -> None:
    _, *lines = laid(rows, None)
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        assert all(cell.rstrip() in line for cell in row)


@given(HOSTILE, st.integers(0, 60))
def test_what_is_cut_says_so(text: str, cells: int) -> None:
    shown = cut(text, cells)
    assert cell_len(shown) <= cells
    assert shown == text or not cells or shown.endswith("…")


def test_marks_without_a_width_are_no_way_to_be_long() -> None:
    zalgo = "e" + "\u0301" * 5_000
    assert cut(zalgo, 20) == "e" + "\u0301" * 79 + "…"
    assert max(map(len, laid([("a1b2c3", "1", "invalid_event", zalgo, zalgo, zalgo)], 80))) < 400
    assert cut("e\u0301" * 20, 20) == "e\u0301" * 20


def test_columns_are_straight_whatever_the_script() -> None:
    rows = [("team/app", "1"), ("チーム/アプリ", "2"), ("é", "3")]
    table = Table((Column("NAME"), Column("COUNT", right=True)), 80)
    lines = [*table.heading(rows), *table.lines(rows)]
    assert len({cell_len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (
            76,
            [
                "ID      COUNT  REASON         ERROR                                 NAME",
                "a1b2c3     12  invalid_event  target.repository: is missing         team/app",
                "d4e5f6      1  invalid_event  id: must be text of 1 to 255 charac…  -",
            ],
        ),
        (
            60,
            [
                "ID      COUNT  REASON         NAME",
                "        ERROR",
                "a1b2c3     12  invalid_event  team/app",
                "        target.repository: is missing",
                "d4e5f6      1  invalid_event  -",
                "        id: must be text of 1 to 255 characters, not 300",
            ],
        ),
    ],
    ids=["wide", "narrow"],
)
def test_prose_goes_below_where_it_has_no_room(width: int, expected: list[str]) -> None:
    event = "320678d8-ca14-430f-8bb6-4ca139cd83f7"
    rows = [
        ("a1b2c3", "12", "invalid_event", "target.repository: is missing", "team/app", event),
        (
            "d4e5f6",
            "1",
            "invalid_event",
            "id: must be text of 1 to 255 characters, not 300",
            "",
            "",
        ),
    ]
    lines = laid(rows, width)
    assert [line.rstrip() for line in lines] == expected


def test_rows_that_come_later_keep_the_columns() -> None:
    table = Table(COLUMNS[:3], 80)
    first = list(table.lines([("a1b2c3", "1,204", "recording_failed")]))
    later = list(table.lines([("a1b2c3", "7", "unknown")]))
    assert first[0].index("recording_failed") == later[0].index("unknown")
