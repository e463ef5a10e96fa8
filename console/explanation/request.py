"""The request that is to be explained, as an operator gives it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from console.errors import UnusableError
from ingest.registries.adapter import Sent
from ingest.sources.faults import option_faults
from shared import credentials, strict_json
from shared.credentials import MASK
from shared.text import from_bytes, printable

# Of a name, as RFC 9110 has it (5.6.2).
_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t\r]*")
_QUOTED: Final = 20
# In names of headers: `Authorization`, `X-Hub-Signature-256`, `X-JFrog-Event-Auth`, `Cookie`.
_SECRET: Final = ("auth", "cookie", "key", "password", "secret", "signature", "token")
_NO_REQUEST: Final = (
    "it is no request: that is a JSON object with `headers` and `body`, or one with a `request` "
    "that has them; of a bare body the headers are to be said"
)


def from_document(document: bytes) -> Sent:
    """A request written as JSON, or a sample that holds one. Raises UnusableError."""
    try:
        given: Any = strict_json.loads(from_bytes(document))
    except strict_json.InvalidJSONError as error:
        raise UnusableError(f"{_NO_REQUEST} ({error})") from None
    if isinstance(given, dict) and "request" in given:
        given = given["request"]
    if not isinstance(given, dict) or not {"headers", "body"} & set(given):
        raise UnusableError(_NO_REQUEST)
    headers, body = given.get("headers") or {}, given.get("body") or ""
    if not isinstance(body, str):
        raise UnusableError("body: is not a text")
    if not isinstance(headers, dict) or not all(isinstance(one, str) for one in headers.values()):
        raise UnusableError("headers: is not an object of texts")
    # What is no text in UTF-8 does not become readable by being written as JSON.
    return Sent(_joined(headers.items()), body.encode("utf-8", "surrogatepass"))


def from_body(body: bytes, lines: Iterable[str]) -> Sent:
    """A bare body with its headers, each `Name: value`. Raises UnusableError."""
    return Sent(_joined(map(_header, filter(str.strip, lines))), body)


def source_options(registry: str, lines: Iterable[str]) -> Mapping[str, str]:
    """Those of a source, each `NAME=VALUE`, which its registry has. Raises UnusableError."""
    pairs = [line.strip().partition("=") for line in lines if line.strip()]
    if not all(name and mark for name, mark, _ in pairs):
        raise UnusableError("an option is not written as NAME=VALUE")
    options = {name: value for name, _, value in pairs}
    if wrong := list(option_faults(registry, options)):
        raise UnusableError("; ".join(wrong))
    return options


def without_secrets(line: str) -> str:
    """A line of a header as it may be shown; no adapter reads what is left out."""
    name, colon, _ = line.partition(":")
    secret = any(word in name.lower() for word in _SECRET)
    return f"{name}{colon} {MASK}" if secret else credentials.masked(line)


def _header(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if not found:
        # Whose value may be a secret: no more of it than may tell which it is.
        name = printable(line.partition(":")[0], _QUOTED)
        raise UnusableError(f"header “{name}”: is not written as Name: value")
    return found[1], found[2]


def _joined(headers: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """By names in lower case; one that comes again is the same list, as RFC 9110 has it (5.3)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        known = joined.get(name.lower())
        joined[name.lower()] = value if known is None else f"{known}, {value}"
    return joined
