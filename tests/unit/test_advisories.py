"""`make lint` says what is known against the locked versions, or that it could not ask."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from console.local.network.ports import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
ADVISORY = {
    "id": "EXAMPLE-1",
    "affected": [
        {
            "package": {"name": "aiohttp", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


class Service(BaseHTTPRequestHandler):
    """Knows one advisory, in the form of OSV's interface."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {"vulns": [ADVISORY]} if asked["package"]["name"] == "aiohttp" else {}
        body = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[int]:
    with HTTPServer((LOOPBACK, 0), Service) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def said(port: int) -> list[str]:
    """The lines of a run, which never fails."""
    url = f"http://{LOOPBACK}:{port}/v1/query"
    done = subprocess.run(
        [sys.executable, "-m", "tests.advisories"],
        cwd=ROOT,
        env=os.environ | {"PIP_AUDIT_OSV_URL": url, "NO_PROXY": "*"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_an_advisory_is_a_line_that_says_what_mends_it() -> None:
    with served() as port:
        (line,) = said(port)
    assert re.fullmatch(r"advisory EXAMPLE-1 against aiohttp \S+, mended in 99\.1", line)


def test_a_service_that_cannot_be_reached_is_one_line() -> None:
    (line,) = said(free_port("advisories"))
    assert line.startswith("advisories not asked: ")
    assert len(line) < 200


def test_lint_asks() -> None:
    lint = (ROOT / "Makefile").read_text().partition("\nlint: ")[2].partition("\n\n")[0]
    assert "-m tests.advisories" in lint
