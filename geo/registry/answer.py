"""One request of a registry, and its answer."""

from collections.abc import AsyncIterable, Mapping
from typing import NamedTuple

from multidict import CIMultiDictProxy
from yarl import URL

from shared.text import printable


class Request(NamedTuple):
    """`scope` is what a token has to allow; `body` can be sent once only, unless it is bytes."""

    method: str
    url: URL
    scope: str
    headers: Mapping[str, str] = {}
    body: bytes | AsyncIterable[bytes] = b""

    def __str__(self) -> str:
        """Without the query, which may hold what lets others write into an upload."""
        return printable(f"{self.method} {self.url.origin()}{self.url.path}", 400)


class Answer(NamedTuple):
    """`asked` says in words what it is the answer to, `url` where it came from in the end."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    asked: str
    url: URL
