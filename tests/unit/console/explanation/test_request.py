import json

import pytest

from console.errors import UnusableError
from console.explanation.request import from_body, from_document, without_secrets

BODY = '{"é": 1}'


def document(**request: object) -> bytes:
    return json.dumps({"headers": {"X-A": "1"}, "body": BODY, **request}).encode()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(document(), id="request"),
        pytest.param(document(method="POST", path="/notifications/quay"), id="whole"),
        pytest.param(b'{"request": ' + document() + b', "expect": []}', id="sample"),
    ],
)
def test_a_request_has_headers_in_lower_case_and_a_body(given: bytes) -> None:
    sent = from_document(given)
    assert sent.headers == {"x-a": "1"}
    assert sent.body == BODY.encode()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(b"", "it is no request: ", id="nothing"),
        pytest.param(b"{", "it breaks at character 1", id="no-json"),
        pytest.param(b"[]", "it is no request: ", id="array"),
        pytest.param(b'{"repository": "a"}', "of a bare body the headers", id="bare"),
        pytest.param(b'{"request": []}', "it is no request: ", id="request-of-nothing"),
        pytest.param(document(body={"a": 1}), "body: is not a text", id="body"),
        pytest.param(document(headers=["a"]), "headers: is not an object", id="list"),
        pytest.param(document(headers={"a": 1}), "headers: is not an object", id="number"),
        pytest.param(b'{"body": "", "body": ""}', "a key stands twice", id="twice"),
    ],
)
def test_what_is_no_request_is_said(given: bytes, says: str) -> None:
    with pytest.raises(UnusableError, match=says):
        from_document(given)


def test_a_bare_body_has_the_headers_that_are_said() -> None:
    lines = ["Content-Type: application/json", " ", "X-A:1\r", "x-a:  2", "Empty:"]
    sent = from_body(b"\xff", lines)
    assert sent.body == b"\xff"
    assert sent.headers == {"content-type": "application/json", "x-a": "1, 2", "empty": ""}


@pytest.mark.parametrize("line", ["a b: s3cret", ": s3cret", "é: s3cret"])
def test_a_header_that_is_none_is_said_without_its_value(line: str) -> None:
    with pytest.raises(UnusableError, match="is not written as Name: value") as raised:
        from_body(b"", [line])
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("Authorization: s3cret", "Authorization: ****", id="authorization"),
        pytest.param("X-JFrog-Event-Auth:s3cret", "X-JFrog-Event-Auth: ****", id="event-auth"),
        pytest.param("X-Hub-Signature-256: sha256=1", "X-Hub-Signature-256: ****", id="signature"),
        pytest.param("X-A: Bearer s3cret", "X-A: Bearer ****", id="bearer"),
        pytest.param("Ce-Id: 7c1e9a52", "Ce-Id: 7c1e9a52", id="harmless"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_secret_header_is_not_shown(line: str, shown: str) -> None:
    assert without_secrets(line) == shown
