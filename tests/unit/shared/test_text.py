import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import from_bytes, printable, storable, to_bytes, unstorable

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(st.binary())
def test_a_body_survives_whatever_its_bytes(body: bytes) -> None:
    assert to_bytes(from_bytes(body)) == body


@given(st.binary() | ANY_TEXT.map(lambda text: text.encode("utf-8", "ignore")), st.integers(1, 5))
def test_a_long_body_is_read_in_pieces_as_the_whole(body: bytes, piece: int) -> None:
    text = from_bytes(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.text._PIECE", piece)
        assert from_bytes(body) == text
        assert to_bytes(text) == body


@given(ANY_TEXT)
def test_what_is_stored_holds_neither_nul_nor_surrogates(text: str) -> None:
    assert not unstorable(storable(text))
    storable(text).encode()


@given(ANY_TEXT)
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    assert not set(printable(text)) & set("\x00\x07\x1b\r\n\t\x7f\x9b\u200f\u202e\u2028\ufeff")
    printable(text).encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 3 €", "Größe 3 €"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert (printable("abcdef", 3), printable("abc", 3)) == ("abc…", "abc")
