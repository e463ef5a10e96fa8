"""Who may use the console because of a token, and the sessions of those who signed in."""

import time
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from multidict import MultiMapping

from console.web.access.form_keys import new_session
from console.web.access.guesses import Guesses
from console.web.access.user import NOBODY, User
from ingest.auth import TokenCheck

COOKIE: Final = "registry_events_console"
_SESSION_SECONDS: Final = 12 * 3600
_SESSIONS: Final = 1_000
_SHOWN: Final = 6


class TokenAccess:
    """Whoever has shown one of the tokens, in the form or as `Authorization: Bearer`.

    Who shows one of `viewing` may only look. The start of a token's SHA-256 tells holders apart.
    """

    login = True

    def __init__(self, acting: Iterable[str], viewing: Iterable[str]) -> None:
        self._holders = [
            *(_holder(token, acts=True) for token in acting),
            *(_holder(token, acts=False) for token in viewing),
        ]
        self._sessions: dict[str, tuple[float, User]] = {}
        self._guesses = Guesses()

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> User:
        until, holder = self._sessions.get(_digest(session), (0.0, NOBODY))
        if until > time.monotonic():
            return holder
        return self._shown(headers.get("Authorization", ""), remote)

    def sign_in(self, token: str, remote: str) -> str:
        """A new session for a right token; empty for a wrong one. Raises HTTPTooManyRequests."""
        holder = self._shown(token, remote)
        if not holder.name:
            return ""
        while len(self._sessions) >= _SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = new_session()
        self._sessions[_digest(session)] = (time.monotonic() + _SESSION_SECONDS, holder)
        return session

    def sign_out(self, session: str) -> None:
        self._sessions.pop(_digest(session), None)

    def _shown(self, header: str, remote: str) -> User:
        if not header:
            return NOBODY
        self._guesses.admit(remote)
        # Every token is tried: the time taken says nothing about which it was.
        found = [holder for check, holder in self._holders if check.accepts(header)]
        if not found:
            self._guesses.wrong(remote)
            return NOBODY
        return found[0]


def _holder(token: str, *, acts: bool) -> tuple[TokenCheck, User]:
    return TokenCheck([token]), User(f"token holder {_digest(token)[:_SHOWN]}", acts=acts)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
