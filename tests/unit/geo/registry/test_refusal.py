import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from geo.registry import refusal
from geo.registry.answer import Answer
from geo.registry.errors import NotFoundError, RegistryError, UnsupportedError

URL_ = URL("https://registry.example/v2/a/manifests/v1")


def answer(status: int, code: str = "", message: str = "", **headers: str) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message, "detail": {}}]}).encode()
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Answer(status, CIMultiDictProxy(named), body, f"GET {URL_}", URL_)


@pytest.mark.parametrize(
    ("status", "code", "kind", "temporary"),
    [
        (404, "NAME_UNKNOWN", NotFoundError, False),
        (404, "MANIFEST_UNKNOWN", NotFoundError, False),
        (404, "BLOB_UNKNOWN", NotFoundError, False),
        # As of a proxy whose registry is away: what is not known to be gone is not gone.
        (404, "", RegistryError, False),
        (404, "BLOB_UPLOAD_UNKNOWN", RegistryError, False),
        (400, "NAME_UNKNOWN", RegistryError, False),
        (405, "UNSUPPORTED", UnsupportedError, False),
        (405, "", UnsupportedError, False),
        (401, "UNAUTHORIZED", RegistryError, False),
        (403, "DENIED", RegistryError, False),
        (429, "TOOMANYREQUESTS", RegistryError, True),
        (500, "UNKNOWN", RegistryError, True),
        (503, "", RegistryError, True),
    ],
)
def test_what_an_answer_means(
    status: int, code: str, kind: type[RegistryError], *, temporary: bool
) -> None:
    fault = refusal.of(answer(status, code, "because"))
    assert type(fault) is kind
    assert fault.temporary is temporary
    assert str(fault).startswith(f"GET {URL_} was answered {status}: {code or 'because'}")


@pytest.mark.parametrize(
    ("header", "after"), [("5", 5.0), ("0", 1.0), ("86400", 60.0), ("soon", None), (None, None)]
)
def test_it_says_when_to_come_again_within_a_minute(
    header: str | None, after: float | None
) -> None:
    given_ = answer(429, Retry_After=header) if header else answer(429)
    assert refusal.of(given_).after == after


def test_no_credential_stands_in_it() -> None:
    fault = refusal.of(answer(401, "UNAUTHORIZED", "bad token: Bearer abcdef0123456789"))
    assert "abcdef" not in str(fault)


@given(st.integers(100, 599), st.binary() | st.text().map(str.encode))
def test_of_any_answer_it_is_a_line(status: int, body: bytes) -> None:
    line = str(refusal.of(answer(status)._replace(body=body)))
    assert line.isprintable()
    assert len(line) <= 301
