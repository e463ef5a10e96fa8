from base64 import b64encode

import pytest

from ingest.auth import TokenCheck

CHECK = TokenCheck(["old", "néw"])


@pytest.mark.parametrize("header", ["old", "Bearer old", "bearer  old ", "néw", "BEARER néw"])
def test_a_configured_token_is_accepted_raw_or_as_bearer(header: str) -> None:
    assert CHECK.accepts(header)


def basic(credentials: str) -> str:
    return "Basic " + b64encode(credentials.encode()).decode()


@pytest.mark.parametrize("credentials", ["registry:old", ":old", "a b:néw", "old:old"])
def test_the_password_of_basic_may_be_a_token(credentials: str) -> None:
    assert CHECK.accepts(basic(credentials))
    assert CHECK.accepts(basic(credentials).replace("Basic", "bASIC"))


def test_a_token_may_hold_a_colon() -> None:
    assert TokenCheck(["a:b"]).accepts(basic("user:a:b"))


@pytest.mark.parametrize(
    "header",
    [
        *(basic(credentials) for credentials in ("old", "old:", "user:old ", "user:ol", "a:b:old")),
        "Basic",
        "Basic ",
        "Basic \udcff",
        basic("registry:old")[:-1],
    ],
)
def test_no_other_part_of_basic_is_a_token(header: str) -> None:
    assert not CHECK.accepts(header)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "ol", "oldx", "Basic old", "Bearer Bearer old", "\udcff"],
)
def test_anything_else_is_not(header: str | None) -> None:
    assert not CHECK.accepts(header)


def test_without_tokens_nobody_is_accepted() -> None:
    assert not TokenCheck([]).accepts("")
