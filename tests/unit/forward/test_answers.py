import pytest

from forward.answers import Meaning, meaning


@pytest.mark.parametrize(
    ("statuses", "meant"),
    [
        ([200, 201, 202, 204], Meaning.TAKEN),
        ([400, 409, 411, 413, 415, 422], Meaning.REFUSED),
        # Nobody is followed, and nothing is lost to a token that was rotated away.
        ([301, 307, 401, 403, 404, 405, 407, 408, 410, 429, 500, 502, 503, 599], Meaning.LATER),
    ],
    ids=["taken", "refused", "later"],
)
def test_what_an_answer_means(statuses: list[int], meant: Meaning) -> None:
    assert {meaning(status) for status in statuses} == {meant}
