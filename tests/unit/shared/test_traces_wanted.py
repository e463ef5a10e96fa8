"""Without the extra there is nothing of OpenTelemetry, and who wants traces is told so."""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from shared.service import StartError
from shared.tracing.exporting import exporting
from shared.tracing.statements import name_of

# None: as if it were not installed.
_SCRIPT = """
import sys
sys.modules["opentelemetry"] = None
import geo.serving.app, ingest.app, worker.app, forward.app
from console.cli import main
main(prog_name="registry-events")
"""


def without_it(*arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout + done.stderr


def test_services_and_commands_do_without_it() -> None:
    code, said = without_it("config", "show", REGISTRY_EVENTS_TRACES="false")
    assert code == 0, said


@pytest.mark.parametrize("arguments", [["worker"], ["ingest"], ["config", "check"]])
def test_who_wants_traces_is_told_what_they_need(arguments: Sequence[str]) -> None:
    code, said = without_it(*arguments, REGISTRY_EVENTS_TRACES="true")
    assert code == 2
    assert "REGISTRY_EVENTS_TRACES: needs what pip install 'registry-events[otel]' in" in said


async def test_another_protocol_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(StartError, match="OTEL_EXPORTER_OTLP_PROTOCOL: traces are exported by h"):
        async with exporting("test"):
            pass


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("BEGIN;\nSET LOCAL statement_timeout = 5;\nSELECT 1 FROM locks", "BEGIN"),
        ("COMMIT", "COMMIT"),
        ("INSERT INTO a SELECT * FROM json_to_recordset($1::json) AS b", "INSERT a"),
        ("WITH x AS (SELECT 1 FROM y)\nUPDATE a SET b = 1", "UPDATE a"),
        ("SELECT a FROM json_to_recordset($1) JOIN b", "SELECT"),
        ("\nSELECT a,\n b FROM container_repositories", "SELECT container_repositories"),
        ("DELETE FROM a WHERE b", "DELETE a"),
        ("", "query"),
    ],
)
def test_a_statement_is_named_by_what_it_does_to_which_table(query: str, name: str) -> None:
    assert name_of(query) == name
