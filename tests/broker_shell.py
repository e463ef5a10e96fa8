"""What is done inside a broker that no client can do to it."""

import subprocess

from console.local.packages.programs import RABBITMQ
from console.local.servers.rabbitmq import RabbitMQ


def evaluate(rabbitmq: RabbitMQ, expression: str) -> None:
    """Evaluate Erlang there; what gives another value than `ok` has failed."""
    control = RABBITMQ.found().with_name("rabbitmqctl")
    done = subprocess.run(
        [control, "eval", expression], env=rabbitmq.environment, check=False, capture_output=True
    )
    assert done.stdout.strip() == b"ok", done
