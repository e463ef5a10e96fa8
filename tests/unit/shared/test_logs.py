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


def test_no_credential_that_an_error_quotes_reaches_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, encoding="utf-8", check=True
    )
    assert "s3cret" not in done.stderr
    refused, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert refused["error"] == r"id: is no text: Bearer ****\x0a"
    assert failed["exception"].endswith("\nValueError: amqp://****@host")
