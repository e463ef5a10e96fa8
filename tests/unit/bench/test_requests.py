import json
from typing import Any

from tests.bench.requests import Requests

HEAD = "POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
MOMENT = 1_790_000_000.25


def events(request: bytes) -> list[dict[str, Any]]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.endswith(f"Content-Length: {len(body)}".encode())
    found: list[dict[str, Any]] = json.loads(body)["events"]
    return found


def test_no_two_events_of_any_requests_are_alike() -> None:
    requests = Requests(HEAD, 3)
    sent = [event for _ in range(500) for event in events(requests.next(MOMENT))]
    assert len({event["id"] for event in sent}) == 1500
    assert len({event["target"]["repository"] for event in sent}) > 20


def test_an_event_is_of_the_moment_it_is_sent() -> None:
    (event,) = events(Requests(HEAD, 1).next(MOMENT))
    assert event["timestamp"] == "2026-09-21T14:13:20.250000Z"
