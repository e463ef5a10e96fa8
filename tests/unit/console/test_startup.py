"""What a command does not need it does not wait for: most of its time it imports."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

HEAVY = frozenset(
    {
        "aio_pika",
        "aiohttp",
        "aiormq",
        "asyncio",
        "asyncpg",
        "dotenv",
        "ingest.registries",
        "jinja2",
        "prometheus_client",
        "pydantic",
        "rich",
        "stamina",
        "structlog",
        "uvloop",
    }
)
# Of each group too: whoever asks for help, or for the next word by TAB, waits for nothing.
LIGHT = frozenset[str]()
SETTINGS = frozenset({"asyncio", "dotenv", "pydantic"})
BROKER = frozenset({"aio_pika", "aiormq", "rich", "structlog", "uvloop"})
_SCRIPT = """
import json, sys
from console.cli import main

try:
    main(prog_name="registry-events")
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported(*arguments: str, **environment: str) -> frozenset[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, **environment},
    )
    assert done.stdout, done.stderr
    return HEAVY & set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("dead-letters", "--help"), ("config", "--help")],
    ids=" ".join,
)
def test_help_imports_no_library(arguments: Sequence[str]) -> None:
    assert imported(*arguments) == LIGHT


@pytest.mark.parametrize("words", ["registry-events ", "registry-events dead-letters re"])
def test_completion_imports_no_library(words: str) -> None:
    completing = {
        "_REGISTRY_EVENTS_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    assert imported(**completing) == LIGHT


def test_the_settings_are_shown_without_broker_and_database() -> None:
    assert imported("config", "show") <= SETTINGS


@pytest.mark.parametrize("command", ["summary", "list", "show", "tail", "export"])
def test_what_reads_dead_letters_needs_neither_http_nor_a_database(command: str) -> None:
    assert imported("dead-letters", command, "--help") <= SETTINGS | BROKER


def test_status_needs_http_only_to_ask_services() -> None:
    assert imported("status", "--help") <= SETTINGS | BROKER | {"asyncpg"}
