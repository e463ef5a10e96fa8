"""The broker's HTTP API, as far as tests and `up` need it."""

import base64
import json
from typing import Any
from urllib.parse import quote

from console.local.network.loopback import request
from console.local.report import LocalError

_CREDENTIALS = base64.b64encode(b"guest:guest").decode()
_NOT_FOUND = 404
_REFUSED = 400


class Management:
    def __init__(self, port: int) -> None:
        self._port = port

    def create_vhost(self, name: str) -> None:
        vhost = quote(name, safe="")
        self.call("PUT", f"/api/vhosts/{vhost}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.call("PUT", f"/api/permissions/{vhost}/guest", everything)

    def delete_vhost(self, name: str) -> None:
        self.call("DELETE", f"/api/vhosts/{quote(name, safe='')}")

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Raises LocalError for an answer of 400 and above; deleting what is gone is no error."""
        headers = {"Authorization": f"Basic {_CREDENTIALS}", "Content-Type": "application/json"}
        payload = None if body is None else json.dumps(body).encode()
        status, answer = request(
            self._port, method, path, body=payload, headers=headers, timeout=20
        )
        if status >= _REFUSED and not (method == "DELETE" and status == _NOT_FOUND):
            raise LocalError(f"the broker answered {status} to {method} {path}: {answer[:200]!r}")
        return json.loads(answer) if answer.strip() and status < _REFUSED else None
