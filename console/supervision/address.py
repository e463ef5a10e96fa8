"""An address that the processes of one service share, and nobody else."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from shared.service import StartError


@contextmanager
def reserved(listen: str) -> Iterator[str]:
    """HOST:PORT, where a port 0 is now a free one, for processes that listen with SO_REUSEPORT.

    Held without listening, which keeps everybody out but these. Raises StartError if somebody has
    it, since the kernel alone would let any process of the same user listen there too.
    """
    host, _, port = listen.rpartition(":")
    with ExitStack() as stack:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
            for family, _, _, _, place in found:
                held = stack.enter_context(_held(family, str(place[0]), int(port)))
                port = str(held.getsockname()[1])
        except OSError as error:
            raise StartError(f"cannot listen on {listen}: {error.strerror}") from error
        except UnicodeError:
            raise StartError(f"cannot listen on {listen}: this is no host's name") from None
        yield f"{host}:{port}"


def _held(family: int, name: str, port: int) -> socket.socket:
    try:
        held = _bound(family, name, port, reuse=False)
    except OSError:
        # Connections of a service that has ended linger; with them alone it can be shared.
        held = _bound(family, name, port, reuse=True)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return held


def _bound(family: int, name: str, port: int, *, reuse: bool) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((name, port))
    except OSError:
        bound.close()
        raise
    return bound
