"""Requests as a registry makes them, no two events alike, at next to no cost for each."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from tests.bench.events import envelope, pushes

# All repositories of `pushes`, each with layers and a manifest.
_TEMPLATES: Final = 200
_ID: Final = re.compile(r'"id": "([^"]+)"')
_TIMESTAMP: Final = re.compile(r'"timestamp": "([^"]+)"')


class Requests:
    """POSTs of notifications with `events` in each envelope; `head` has a %d for their length."""

    def __init__(self, head: str, events: int) -> None:
        self._head = head.encode()
        texts = list(map(_template, pushes(_TEMPLATES)))
        self._bodies = itertools.cycle(_bodies(texts, events))
        self._events = events
        self._run = uuid4().hex[:24]
        self._count = 0

    def next(self, moment: float) -> bytes:
        """One whose events say that they are of `moment`, in seconds since the epoch."""
        timestamp = datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
        values: dict[bytes, bytes] = {b"timestamp": f"{timestamp[:-6]}Z".encode()}
        for number in range(self._events):
            self._count += 1
            values[b"%d" % number] = f"{self._run}{self._count:012x}".encode()
        body = next(self._bodies) % values
        return self._head % len(body) + body


def _bodies(texts: list[str], events: int) -> Iterator[bytes]:
    for start in range(0, max(len(texts), events), events):
        some = itertools.islice(itertools.cycle(texts), start, start + events)
        numbered = [text.replace("%(id)b", f"%({number})b") for number, text in enumerate(some)]
        yield envelope(*numbered)


def _template(text: str) -> str:
    """An event to be formatted with its id and timestamp."""
    found, moment = _ID.search(text), _TIMESTAMP.search(text)
    assert found
    assert moment
    text = text.replace("%", "%%").replace(found[1], "%(id)b")
    return text.replace(moment[1], "%(timestamp)b")
