"""Whether a server really speaks its protocol: an open port alone proves little.

By hand, as the client libraries can only be asked from a loop, and would log in.
"""

import socket
import struct

from console.local.network.ports import LOOPBACK

_TIMEOUT = 2.0


def amqp_speaks(port: int) -> bool:
    """Rule: AMQP 0-9-1, section 4.2.2 - the answer to the header is a method frame (type 1)."""
    return _first_byte(port, b"AMQP\x00\x00\x09\x01") == b"\x01"


def postgres_accepts(port: int) -> bool:
    """Rule: PostgreSQL's protocol, start-up: `R` (authentication) and not `E` ("starting up")."""
    parameters = b"user\0postgres\0database\0postgres\0\0"
    packet = struct.pack(">ii", 8 + len(parameters), 3 << 16) + parameters
    return _first_byte(port, packet, goodbye=b"X\x00\x00\x00\x04") == b"R"


def port_opens(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), _TIMEOUT):
            return True
    except OSError:
        return False


def _first_byte(port: int, greeting: bytes, *, goodbye: bytes = b"") -> bytes:
    try:
        with socket.create_connection((LOOPBACK, port), _TIMEOUT) as connection:
            connection.sendall(greeting)
            answer = connection.recv(1)
            connection.sendall(goodbye)
    except OSError:
        return b""
    return answer
