"""What a process writes into its log."""

import json
import subprocess
import sys

SCRIPT = """
from shared import logs

logs.configure(level="info", log_format="json", service="test")
log = logs.get_logger()
log.warning("event.refused", error="id: is no text: Bearer s3cret\\n")
try:
    raise ValueError("amqp://user:s3cret@host")
except ValueError:
    log.exception("worker.failed")
"""

BROKEN = """
import logging
from aiohttp.http_exceptions import BadStatusLine
from shared import logs

logs.configure(level="debug", log_format="json", service="test")
try:
    raise BadStatusLine("POST /notifications/quay?token=s3cret HTTP")
except BadStatusLine as error:
    logging.getLogger("aiohttp.server").error("Error of %s", "192.0.2.1", exc_info=error)
"""


def test_no_credential_that_an_error_quotes_reaches_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, encoding="utf-8", check=True
    )
    assert "s3cret" not in done.stderr
    refused, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert refused["error"] == r"id: is no text: Bearer ****\x0a"
    assert failed["exception"].endswith("\nValueError: amqp://****@host")


def test_a_request_that_is_no_http_is_not_quoted() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN], capture_output=True, encoding="utf-8", check=True
    )
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["event"] == "Error of 192.0.2.1: it is not HTTP (BadStatusLine)"
    assert "s3cret" not in line
