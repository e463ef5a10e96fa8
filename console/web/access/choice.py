"""Who may use the console: who has a token, whom a reverse proxy names, or whoever is here."""

import getpass
from collections.abc import Iterable
from typing import Protocol

from multidict import MultiMapping

from console.errors import UnusableError
from console.web.access.hosts import is_loopback
from console.web.access.token import TokenAccess
from console.web.access.user import NOBODY, User
from shared.service import StartError
from shared.settings import Settings
from shared.text import printable


class Access(Protocol):
    """`login`: there is a form to sign in with."""

    login: bool

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> User:
        """Who it is; NOBODY may come in.

        Raises UnusableError and HTTPTooManyRequests.
        """


class OpenAccess:
    """Whoever reaches the loopback interface of this machine."""

    login = False

    def __init__(self) -> None:
        self._user = User(_own_name(), acts=True)

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> User:  # noqa: ARG002  the protocol
        return self._user


class ProxyAccess:
    """Whom the reverse proxy in front names in a header; all may act if no `acting` are named."""

    login = False

    def __init__(self, header: str, acting: Iterable[str] = ()) -> None:
        self._header = header
        self._acting = frozenset(acting)

    def user(self, headers: MultiMapping[str], session: str, remote: str) -> User:  # noqa: ARG002  the protocol
        named = headers.getall(self._header, ())
        # A proxy that adds its header to what the user sent leaves the user's own in front.
        if len(named) > 1:
            raise UnusableError(f"{self._header} names a user more than once in this request")
        name = "".join(named).strip()
        if not name:
            return NOBODY
        return User(printable(name, 100), acts=not self._acting or name in self._acting)


def choose(settings: Settings, listen: str) -> Access:
    """Raises StartError when anybody could come in from another machine."""
    header, acting = settings.console_proxy_user_header, settings.console_acting_users
    tokens, viewing = settings.console_tokens, settings.console_view_tokens
    if header and (tokens or viewing):
        raise StartError(
            f"REGISTRY_EVENTS_CONSOLE_{'TOKENS' if tokens else 'VIEW_TOKENS'} and "
            "REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER are both set: which one says who may use "
            "the console?"
        )
    if tokens or viewing:
        return TokenAccess(
            (token.get_secret_value() for token in tokens),
            (token.get_secret_value() for token in viewing),
        )
    if header:
        return ProxyAccess(header, filter(None, map(str.strip, acting.split(","))))
    if is_loopback(listen):
        return OpenAccess()
    raise StartError(
        f"anybody who reaches {listen} could use the console: set REGISTRY_EVENTS_CONSOLE_TOKENS "
        "(or REGISTRY_EVENTS_CONSOLE_TOKENS_FILE), or REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER "
        "behind a reverse proxy that signs users in, or listen on 127.0.0.1"
    )


def _own_name() -> str:
    try:
        return printable(getpass.getuser(), 100)
    except (KeyError, OSError):
        return "somebody on this machine"
