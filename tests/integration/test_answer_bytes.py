"""Every byte of an answer but its date and server: what senders of any age were built against."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.factories import make_envelope, make_event
from tests.raw_http import HEAD, whole_answer
from tests.running import Pipeline, running_pipeline

ONE = make_envelope(make_event())
ALL = make_envelope(*[make_event()] * 3, {}, {}, {"action": "scan"})
REFUSED = "the Authorization header is none of the accepted tokens"
JSON = "Content-Type: application/json; charset=utf-8"


# One loop, in which one pipeline runs for all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pipeline(shared_urls: tuple[str, str]) -> AsyncIterator[Pipeline]:
    async with running_pipeline(*shared_urls, workers=0, ingest_body_timeout=0.3) as running:
        yield running


def lines(answer: bytes) -> list[str]:
    left_out = ("Date: ", "Server: ")
    return [line for line in answer.decode().split("\r\n") if not line.startswith(left_out)]


def closed(status: str, document: object, *headers: str) -> list[str]:
    body = json.dumps(document)
    return [
        f"HTTP/1.1 {status}",
        *headers,
        JSON,
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        body,
    ]


def head(path: str = "/notifications", length: int = 0, **headers: str) -> bytes:
    first = (HEAD % length).replace("/notifications", path).removesuffix("\r\n")
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{first}{more}Connection: close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (head(length=len(ONE)) + ONE, closed("200 OK", {"accepted": 1, "dead_lettered": 0})),
        (head() + b"", closed("200 OK", {"accepted": 0, "dead_lettered": 1})),
        (head(length=2) + b"{}", closed("200 OK", {"accepted": 0, "dead_lettered": 0})),
        (
            head(length=len(ALL)) + ALL,
            closed("200 OK", {"accepted": 3, "dead_lettered": 2, "ignored": 1}),
        ),
        (
            head().replace(b"Bearer ", b"Bearer x"),
            closed("401 Unauthorized", {"error": REFUSED}, "WWW-Authenticate: Bearer"),
        ),
        (
            head(length=2) + b"{",
            closed("408 Request Timeout", {"error": "the body did not arrive within 0.3 s"}),
        ),
        (
            head("/notifications/x"),
            closed("404 Not Found", {"error": "no source of a registry x is configured"}),
        ),
        (head("/elsewhere"), closed("404 Not Found", {"error": "Not Found"})),
        (
            head("/notif%69cations", 2) + b"{}",
            closed("200 OK", {"accepted": 0, "dead_lettered": 0}),
        ),
        (head("/notifications%2F", 2) + b"{}", closed("404 Not Found", {"error": "Not Found"})),
        (
            head("http://y/notifications/?a=b#c", 2) + b"{}",
            closed("200 OK", {"accepted": 0, "dead_lettered": 0}),
        ),
        (
            head().replace(b"POST", b"GET"),
            closed("405 Method Not Allowed", {"error": "Method Not Allowed"}, "Allow: POST"),
        ),
        (
            head("/health/live"),
            closed("405 Method Not Allowed", {"error": "Method Not Allowed"}, "Allow: GET,HEAD"),
        ),
    ],
    ids=[
        "taken",
        "no body",
        "no events",
        "three kinds",
        "unauthorized",
        "slow",
        "a source that is not there",
        "elsewhere",
        "path in escapes",
        "slash in escapes",
        "whole address",
        "method",
        "method elsewhere",
    ],
)
async def test_an_answer(pipeline: Pipeline, sent: bytes, answer: list[str]) -> None:
    assert lines(await whole_answer(pipeline.url, sent)) == answer


async def test_an_expectation_of_a_path_that_is_not_there_is_417(pipeline: Pipeline) -> None:
    answer = await whole_answer(pipeline.url, head("/elsewhere", Expect="200-maybe"))
    assert lines(answer)[0] == "HTTP/1.1 417 Expectation Failed"


async def test_what_is_kept_is_answered_in_turn(pipeline: Pipeline) -> None:
    kept = (HEAD % len(ONE)).encode() + ONE
    answer = await whole_answer(pipeline.url, kept * 3 + head(length=len(ONE)) + ONE)
    one = closed("200 OK", {"accepted": 1, "dead_lettered": 0})
    started = [line for line in one[:-1] if line != "Connection: close"]
    body = one[-1]
    assert lines(answer) == [
        *started,
        *[body + started[0], *started[1:]] * 2,
        body + one[0],
        *one[1:],
    ]


async def test_an_old_sender_is_answered_in_its_version(pipeline: Pipeline) -> None:
    old = (HEAD % len(ONE)).replace("HTTP/1.1", "HTTP/1.0").encode() + ONE
    one = closed("200 OK", {"accepted": 1, "dead_lettered": 0})
    expected = ["HTTP/1.0 200 OK", *[line for line in one[1:] if line != "Connection: close"]]
    assert lines(await whole_answer(pipeline.url, old)) == expected
