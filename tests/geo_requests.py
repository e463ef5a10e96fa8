"""What can be asked of the service of the geo log with a token."""

import json
from typing import Any

PENDING = {"source": "default", "repository": "a", "change_id": 1, "attempts": 0}
# Each that needs a token, with a body that is taken.
ASKED: dict[tuple[str, str], Any] = {
    ("GET", "/geo/events?after=0"): None,
    ("GET", "/geo/cursor"): None,
    ("PUT", "/geo/cursor"): {"from": 0, "to": 1, "pending": [PENDING]},
    ("POST", "/geo/everything"): {"cursor": 1},
    ("POST", "/geo/lead"): {"follower": "f1", "lease": 30},
    ("POST", "/geo/stuck"): {"why": "the registry refuses"},
    ("GET", "/geo/pending"): None,
    ("POST", "/geo/pending/claim"): {"limit": 10, "lease": 30},
    ("POST", "/geo/pending/renew"): {"pending": [PENDING], "lease": 30},
    ("POST", "/geo/pending/failed"): {"pending": PENDING, "cause": "no", "again": 0},
    ("POST", "/geo/pending/equal"): PENDING,
}


def encoded(body: Any) -> bytes | None:
    return None if body is None else json.dumps(body).encode()
