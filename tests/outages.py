"""A broker or a database that is frozen, refuses connections, or lets them wait for ever."""

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from console.local.network.ports import LOOPBACK, free_port
from console.local.servers.postgres import Postgres
from console.local.servers.rabbitmq import RabbitMQ

Server = Literal["broker", "database"]
Kind = Literal["frozen", "refuses", "swallows", "untrusted"]

SETTINGS: Final[Mapping[Server, str]] = {"broker": "AMQP_URL", "database": "DATABASE_URL"}
_DOES: Final[Mapping[Kind, str]] = {
    "frozen": "did not answer within 2 s: it is frozen",
    "refuses": "refuses connections: it does not run",
    "swallows": "did not answer within 2 s: it is frozen",
    "untrusted": "cannot be used: its certificate is signed by no authority that is trusted here",
}
# A type's name, its number, or nothing behind a colon.
_UNSAID: Final = re.compile(r"\w(Error|Exception)\b|Errno|Traceback|: *(\n(?!  )|\Z)")


@dataclass(frozen=True, slots=True)
class Outage:
    """One server is away, the other answers."""

    server: Server
    kind: Kind

    @contextmanager
    def begun(self, broker: RabbitMQ, database: Postgres, urls: Mapping[str, str]) -> Iterator[str]:
        """The URL of the server that is away."""
        setting = SETTINGS[self.server]
        if self.kind == "frozen":
            server = broker if self.server == "broker" else database
            server.pause()
            try:
                yield urls[setting]
            finally:
                server.resume()
        elif self.kind == "swallows":
            # The kernel takes connections; nobody ever reads from them.
            with socket.create_server((LOOPBACK, 0), backlog=64) as silent:
                yield _moved(urls[setting], silent.getsockname()[1])
        else:
            yield _moved(urls[setting], free_port())

    def check(self, text: str, url: str) -> None:
        """What an operator reads says which server it is and what it does, in words."""
        port = re.search(r":(\d+)/", url)
        assert port
        said = rf"[Tt]he {self.server}( at {LOOPBACK}:{port[1]})? {_DOES[self.kind]}"
        assert re.search(said, text), text
        assert not _UNSAID.search(text), text


def _moved(url: str, port: int) -> str:
    return re.sub(rf"{LOOPBACK}:\d+/", f"{LOOPBACK}:{port}/", url)


OUTAGES: Final = {
    f"{server} {kind}": Outage(server, kind)
    for server in ("broker", "database")
    for kind in ("frozen", "refuses", "swallows")
}
