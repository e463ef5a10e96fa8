import pytest

from ingest.auth import TokenCheck

CHECK = TokenCheck(["old", "néw"])


@pytest.mark.parametrize("header", ["old", "Bearer old", "bearer  old ", "néw", "BEARER néw"])
def test_a_configured_token_is_accepted_raw_or_as_bearer(header: str) -> None:
    assert CHECK.accepts(header)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "ol", "oldx", "Basic old", "Bearer Bearer old", "\udcff"],
)
def test_anything_else_is_not(header: str | None) -> None:
    assert not CHECK.accepts(header)


def test_without_tokens_nobody_is_accepted() -> None:
    assert not TokenCheck([]).accepts("")
