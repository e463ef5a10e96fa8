"""What a broker is set to that may cost events: pure, of what its management API says."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared.amqp.topology import EVENTS_QUEUE
from shared.text import printable

# Bytes; half of what deploy/rabbitmq/rabbitmq.conf says.
_LEAST_DISK: Final = 10**9
# Milliseconds, likewise.
_LEAST_HOLD: Final = 10_800_000
_LONGEST: Final = 100
# What a policy can do to a queue of ours: https://www.rabbitmq.com/docs/parameters#policies.
_COSTLY: Final = {
    "expires": "the broker deletes it, with all that is in it, when nobody asks for it for a while",
    "max-length": "the broker takes nothing more when so much is in it",
    "max-length-bytes": "the broker takes nothing more when so much is in it",
    "message-ttl": "what waits in it for longer is taken out of it",
}

Document = Mapping[str, Any]


def of_nodes(nodes: Iterable[Document]) -> Iterator[str]:
    """A sentence each; `nodes` as GET /api/nodes has them."""
    for node in nodes:
        name = printable(str(node.get("name")), _LONGEST)
        if not node.get("running", True):
            yield f"node {name} is down"
            continue
        if node.get("partitions"):
            yield f"node {name} does not see {_listed(node['partitions'])}"
        for alarm, what in (("mem_alarm", "memory"), ("disk_free_alarm", "disk")):
            if node.get(alarm):
                yield f"node {name} is short of {what}: it takes nothing from anybody"
        limit = node.get("disk_free_limit")
        if isinstance(limit, int) and limit < _LEAST_DISK:
            yield (
                f"node {name} goes on until {limit / 1e6:,.0f} MB of its disk are left; set "
                "disk_free_limit.absolute to 2GB"
            )


def of_queues(queues: Iterable[Document], nodes: int) -> Iterator[str]:
    """A sentence each; `queues` as GET /api/queues has them, of a cluster of `nodes`."""
    for queue in queues:
        if not _is_ours(queue):
            continue
        shown, policies = _shown(queue), _policies(queue)
        for key in sorted(_COSTLY.keys() & queue.get("effective_policy_definition", {}).keys()):
            yield f"queue {shown}: {policies} sets {key}: {_COSTLY[key]}"
        members = len(queue.get("members") or ())
        if nodes > 1 and members == 1:
            yield f"queue {shown} is on one of {nodes} nodes alone: add members to it"


def of_consumers(consumers: Iterable[Document]) -> Iterator[str]:
    """A sentence for each queue; `consumers` as GET /api/consumers has them, from 3.12 on.

    Each says how long it may hold what it was given, by whichever of a policy and the broker's
    `consumer_timeout` holds: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout.
    """
    found: dict[str, int] = {}
    for consumer in consumers:
        queue, limit = consumer.get("queue", {}), consumer.get("consumer_timeout")
        if _is_ours(queue) and isinstance(limit, int) and limit < _LEAST_HOLD:
            shown = _shown(queue)
            found[shown] = min(limit, found.get(shown, limit))
    for shown, limit in sorted(found.items()):
        yield (
            f"queue {shown}: while the database is away its events are taken from the workers each "
            f"{limit / 60_000:,.0f} minutes; set consumer_timeout, or a policy's consumer-timeout, "
            "to 21600000"
        )


def _is_ours(queue: Document) -> bool:
    name = str(queue.get("name"))
    return name == EVENTS_QUEUE or name.startswith(f"{EVENTS_QUEUE}.")


def _shown(queue: Document) -> str:
    return printable(str(queue.get("name")), _LONGEST)


def _policies(queue: Document) -> str:
    named = [queue.get(kind) for kind in ("policy", "operator_policy")]
    return f"policy {_listed(filter(None, named))}"


def _listed(names: Iterable[object]) -> str:
    return printable(", ".join(map(str, names)), _LONGEST)
