import hashlib
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.registry.fingerprint import Fingerprint
from geo.registry.names import digest_of

MIB = 1024 * 1024
BODY = random.Random(1).randbytes(6 * MIB)  # noqa: S311  to be the same in each run


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 2 * MIB), st.integers(0, len(BODY))), max_size=12))
def test_it_is_of_what_it_has_read_however_often_it_goes_back(steps: list[tuple[int, int]]) -> None:
    fingerprint = Fingerprint(digest_of(BODY))
    for length, back in steps:
        at = fingerprint.offset
        fingerprint.update(BODY[at : at + length])
        assert not fingerprint.is_right() or fingerprint.offset == len(BODY)
        before = fingerprint.offset
        fingerprint.back_to(back)
        assert fingerprint.offset <= back or before <= back
    fingerprint.update(BODY[fingerprint.offset :])
    assert fingerprint.is_right()


def test_it_goes_back_no_further_than_it_must() -> None:
    fingerprint = Fingerprint(digest_of(BODY))
    for at in range(0, len(BODY), 64 * 1024):
        fingerprint.update(BODY[at : at + 64 * 1024])
    fingerprint.back_to(5 * MIB + 1)
    assert fingerprint.offset == 5 * MIB


def test_what_it_keeps_is_bounded() -> None:
    fingerprint = Fingerprint(f"sha512:{hashlib.sha512(b'').hexdigest()}")
    assert fingerprint.is_right()
    piece = BODY[:MIB]
    for _ in range(100):
        fingerprint.update(piece)
    fingerprint.back_to(10 * MIB)
    # Of so long ago nothing is kept but the beginning.
    assert fingerprint.offset == 0
