"""One small HTTP request to a server on this machine, past any proxy of the environment."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from console.local.network.ports import LOOPBACK
from shared import faults


def request(
    port: int,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 5,
) -> tuple[int, bytes]:
    """Return status and body; raises OSError when no HTTP answer comes within `timeout` seconds."""
    connection = HTTPConnection(LOOPBACK, port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    except HTTPException as error:
        raise ConnectionError(
            f"no HTTP answer from port {port}: {faults.in_words(error)}"
        ) from error
    finally:
        connection.close()


def answers(port: int, path: str) -> bool:
    try:
        return request(port, "GET", path, timeout=2)[0] == 200  # noqa: PLR2004 - HTTP's own word
    except OSError:
        return False
