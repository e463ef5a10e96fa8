import asyncpg
import pytest

from forward.forwarder import again
from forward.posting import NotTakenError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotTakenError("answered 503"), True),
        (NotTakenError("answered 429", after=120.0), 120.0),
        (asyncpg.CannotConnectNowError(), True),
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (KeyError(), False),
    ],
    ids=repr,
)
def test_after_what_it_is_tried_again_and_when(error: Exception, expected: object) -> None:
    assert again(error) == expected
    assert type(again(error)) is type(expected)
