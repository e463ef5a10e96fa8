"""Commands whose addresses name hosts that are away beside the ones that answer."""

import pytest

from console.local.network.ports import LOOPBACK, free_port
from tests.processes import run

# Each goes to the broker or to the database in a way of its own; with its exit code, of which 3 is
# that nothing matched.
COMMANDS = {
    "config check --connect --only worker": 0,
    "status": 0,
    "dead-letters summary": 0,
    "dead-letters list": 3,
    "dead-letters history": 3,
    "events search": 3,
    "shards": 0,
    "maintain --dry-run": 0,
    # There is nothing to replay, which only a broker that answers can say.
    "replay --since 1h --dry-run": 3,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_finds_the_hosts_that_answer(command: str, shared_urls: tuple[str, str]) -> None:
    broker, database = (
        url.replace(f"{LOOPBACK}:", f"{LOOPBACK}:{free_port()},{LOOPBACK}:") for url in shared_urls
    )
    ended = run(*command.split(), AMQP_URL=broker, DATABASE_URL=database)
    assert ended.returncode == COMMANDS[command], ended.stderr
    for unsaid in ("refused", "none of its hosts", "transport"):
        assert unsaid not in ended.stdout + ended.stderr
