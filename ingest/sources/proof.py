"""Whether a request proves that its source sends it: any one of the ways that it is given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from aiohttp import hdrs, web

from ingest.auth import TokenCheck, digest_of, is_one_of
from ingest.sources.signature import Signature, SignatureCheck
from ingest.sources.unproven import UnprovenError
from ingest.translation import Body
from shared.sources import OidcAuth, Secrets, Source
from shared.text import from_bytes, to_bytes

if TYPE_CHECKING:
    from ingest.sources.oidc import OidcCheck

_FORM = "application/x-www-form-urlencoded"


class Proof:
    def __init__(self, source: Source) -> None:
        auth = source.auth
        self.kinds: Sequence[str] = auth.kinds
        self._is_open = auth.none is not None
        self._tokens = TokenCheck(_texts(auth.token)) if auth.token else None
        self._header = (auth.header.name, _digests(auth.header.secrets)) if auth.header else None
        self._query = (auth.query.parameter, _digests(auth.query.secrets)) if auth.query else None
        self._oidc = _oidc(auth.oidc)
        self._signatures = SignatureCheck.of(auth.hmac, source.registry)

    @property
    def headers(self) -> Iterable[str]:
        """Those that open this door, whatever they are called."""
        if self._header:
            yield self._header[0]
        if self._signatures:
            yield self._signatures.header

    async def awaited(self, request: web.Request) -> Signature | None:
        """What the body has to match; None if what stands before it is proof enough.

        Raises UnprovenError if nothing is left that could be, and KeysAwayError.
        """
        if await self._is_in_head(request):
            return None
        if signature := self._signature(request):
            return signature
        raise UnprovenError

    async def _is_in_head(self, request: web.Request) -> bool:
        headers = request.headers
        authorization = headers.get(hdrs.AUTHORIZATION)
        if self._is_open or (self._tokens and self._tokens.accepts(authorization)):
            return True
        if _holds(self._header, headers) or _holds(self._query, request.query):
            return True
        return self._oidc is not None and await self._oidc.accepts(authorization)

    def _signature(self, request: web.Request) -> Signature | None:
        return self._signatures.begun(request.headers) if self._signatures else None

    def is_of_form(self, request: web.Request, body: Body) -> bool:
        """Whether the signature is that of a form's `payload`, as Gitea signs one."""
        signature = self._signature(request)
        if signature is None or body.is_cut or request.content_type != _FORM:
            return False
        for payload in _payloads(from_bytes(body.kept)):
            signature.update(to_bytes(payload))
        return signature.is_right


def _holds(place: tuple[str, Sequence[bytes]] | None, given: Mapping[str, str]) -> bool:
    return place is not None and place[0] in given and is_one_of(place[1], given[place[0]])


def _payloads(form: str) -> Sequence[str]:
    try:
        return parse_qs(form, max_num_fields=10, errors="surrogateescape").get("payload", [])
    except ValueError:
        return []


def _texts(secrets: Secrets) -> list[str]:
    return [secret.get_secret_value() for secret in secrets]


def _digests(secrets: Secrets) -> list[bytes]:
    return [digest_of(text) for text in _texts(secrets)]


def _oidc(auth: OidcAuth | None) -> "OidcCheck | None":
    if auth is None:
        return None
    from ingest.sources.oidc import OidcCheck  # noqa: PLC0415  of an extra: only who has such a source

    return OidcCheck(auth)
