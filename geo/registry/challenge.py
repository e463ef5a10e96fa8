"""The challenges in `WWW-Authenticate` headers (RFC 9110, 11.6.1). Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME: Final = re.compile(rf"[\s,]*({_WORD})(?:\s+|\s*(?=,)|\s*\Z)")
_PARAMETER: Final = re.compile(
    rf'[\s,]*({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_WORD}))\s*(?=,|\Z)', re.DOTALL
)
# A challenge without parameters may carry this instead.
_TOKEN68: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*\s*(?=,|\Z)")
_QUOTED: Final = re.compile(r"\\(.)", re.DOTALL)


class Challenge(NamedTuple):
    """The scheme and the names of parameters are in lower case."""

    scheme: str
    parameters: Mapping[str, str]


def challenges(headers: Iterable[str]) -> list[Challenge]:
    """All of them in their order; of a header that cannot be read, those before the fault."""
    return [one for header in headers for one in _of(header)]


def _of(header: str) -> list[Challenge]:
    found: list[Challenge] = []
    at = 0
    while scheme := _SCHEME.match(header, at):
        at = scheme.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(header, at):
            at = parameter.end()
            name, quoted, bare = parameter.groups()
            # Of one that stands twice the first counts, so that nobody behind it overrides.
            parameters.setdefault(name.lower(), bare or _QUOTED.sub(r"\1", quoted or ""))
        if not parameters and (bare_token := _TOKEN68.match(header, at)):
            at = bare_token.end()
        found.append(Challenge(scheme[1].lower(), parameters))
    return found
