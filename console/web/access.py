"""Who may use the console: who has a token, whom a reverse proxy names, or whoever is here."""

import getpass
import time
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Protocol

from multidict import MultiMapping

from console.dead_letters.errors import UnusableError
from console.web.form_keys import new_session
from console.web.guesses import Guesses
from console.web.hosts import is_loopback
from ingest.auth import TokenCheck
from shared.service import StartError
from shared.settings import Settings
from shared.text import printable

COOKIE: Final = "registry_events_console"
_SESSION_SECONDS: Final = 12 * 3600
_SESSIONS: Final = 1_000
_SHOWN: Final = 6


class Access(Protocol):
    """`login`: there is a form to sign in with."""

    login: bool

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> str:
        """Who it is, for the audit trail; empty: nobody who may come in.

        Raises UnusableError and HTTPTooManyRequests.
        """


class OpenAccess:
    """Whoever reaches the loopback interface of this machine."""

    login = False

    def __init__(self) -> None:
        self._name = _own_name()

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> str:  # noqa: ARG002  the protocol
        return self._name


class ProxyAccess:
    """Whom the reverse proxy in front names in a header."""

    login = False

    def __init__(self, header: str) -> None:
        self._header = header

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> str:  # noqa: ARG002  the protocol
        named = headers.getall(self._header, ())
        # A proxy that adds its header to what the user sent leaves the user's own in front.
        if len(named) > 1:
            raise UnusableError(f"{self._header} names a user more than once in this request")
        return printable("".join(named).strip(), 100)


class TokenAccess:
    """Whoever has shown one of the tokens, in the form or as `Authorization: Bearer`.

    The start of a token's SHA-256 tells its holders apart.
    """

    login = True

    def __init__(self, tokens: Iterable[str]) -> None:
        self._holders = [
            (TokenCheck([token]), f"token holder {_digest(token)[:_SHOWN]}") for token in tokens
        ]
        self._sessions: dict[str, tuple[float, str]] = {}
        self._guesses = Guesses()

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> str:
        until, holder = self._sessions.get(_digest(session), (0.0, ""))
        if until > time.monotonic():
            return holder
        return self._holder(headers.get("Authorization", ""), remote)

    def sign_in(self, token: str, remote: str) -> str:
        """A new session for a right token; empty for a wrong one. Raises HTTPTooManyRequests."""
        holder = self._holder(token, remote)
        if not holder:
            return ""
        while len(self._sessions) >= _SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = new_session()
        self._sessions[_digest(session)] = (time.monotonic() + _SESSION_SECONDS, holder)
        return session

    def sign_out(self, session: str) -> None:
        self._sessions.pop(_digest(session), None)

    def _holder(self, header: str, remote: str) -> str:
        if not header:
            return ""
        self._guesses.admit(remote)
        # Every token is tried: the time taken says nothing about which it was.
        found = [holder for check, holder in self._holders if check.accepts(header)]
        if not found:
            self._guesses.wrong(remote)
            return ""
        return found[0]


def choose(settings: Settings, listen: str) -> Access:
    """Raises StartError when anybody could come in from another machine."""
    header, tokens = settings.console_proxy_user_header, settings.console_tokens
    if header and tokens:
        raise StartError(
            "REGISTRY_EVENTS_CONSOLE_TOKENS and REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER are both "
            "set: which one says who may use the console?"
        )
    if tokens:
        return TokenAccess(token.get_secret_value() for token in tokens)
    if header:
        return ProxyAccess(header)
    if is_loopback(listen):
        return OpenAccess()
    raise StartError(
        f"anybody who reaches {listen} could use the console: set REGISTRY_EVENTS_CONSOLE_TOKENS "
        "(or REGISTRY_EVENTS_CONSOLE_TOKENS_FILE), or REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER "
        "behind a reverse proxy that signs users in, or listen on 127.0.0.1"
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def _own_name() -> str:
    try:
        return printable(getpass.getuser(), 100)
    except (KeyError, OSError):
        return "somebody on this machine"
