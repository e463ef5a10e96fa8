"""Cells of a table, as a spreadsheet reads them."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.words.rows import lines


def cell(value: object) -> str:
    _, row = csv.reader("".join(lines("csv", [{"name": value}])).splitlines(), strict=True)
    return row[0] if row else ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "\\x09=1"),
        ("\r=1", "\\x0d=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ('a"b,c;d', 'a"b,c;d'),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\udc80\x00\u202e", "\\udc80\\x00\\u202e"),
        (-1.5, "-1.5"),
        (None, ""),
        ({"a": "=1"}, '{"a": "=1"}'),
    ],
    ids=ascii,
)
def test_a_cell_is_text_and_never_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


@given(st.text())
def test_no_text_becomes_a_formula_or_another_cell(text: str) -> None:
    assert cell(text).lstrip()[:1] not in {*"=+-@\t\r"}
