"""What other registries send, one request of each, as if it happened now: for `up --sample`.

The samples are JSON with `headers` and `body`; a text in them that is `$id`, `$time`, `$seconds` or
`$clock` stands for a new one.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from console.explanation.registries import explain
from console.explanation.words import heading
from console.local.demonstration.steps import Expected
from console.local.network.loopback import request
from console.local.report import LocalError
from ingest.registries import REGISTRIES
from ingest.registries.adapter import Sent
from shared import faults

ALL: Final = "all"
_SAMPLES: Final = resources.files("console.local.demonstration") / "samples"
_OK: Final = 200


def names() -> Sequence[str]:
    """The registries that there is a sample of."""
    return [name for name in sorted(REGISTRIES) if (_SAMPLES / f"{name}.json").is_file()]


def chosen(given: Iterable[str]) -> Sequence[str]:
    asked = set(given)
    return [name for name in names() if name in asked or ALL in asked]


def settings(registries: Sequence[str], token: str) -> Mapping[str, str]:
    """What ingest needs to know of their sources; nothing if there are none."""
    sources = [
        {"name": _source(name), "registry": name, "auth": {"token": [token]}} for name in registries
    ]
    return {"REGISTRY_EVENTS_SOURCES": json.dumps(sources)} if sources else {}


def send(port: int, token: str, registry: str) -> list[Expected]:
    """What must be recorded of its sample. Raises LocalError when ingest does not take it."""
    sent = sample(registry)
    headers = {**sent.headers, "Authorization": f"Bearer {token}"}
    path = f"/notifications/{registry}/{_source(registry)}"
    try:
        status, answer = request(port, "POST", path, body=sent.body, headers=headers)
    except OSError as error:
        raise LocalError(f"ingest did not answer: {faults.in_words(error)}") from error
    if status != _OK:
        raise LocalError(f"ingest answered {status} to a sample of {registry}: {answer[:200]!r}")
    return list(_expected(registry, sent))


def sample(registry: str) -> Sent:
    """Another one at each call, but for what its registry cannot tell apart."""
    now = datetime.now(UTC)
    text = (_SAMPLES / f"{registry}.json").read_text("utf-8")
    for mark, value in _values(now).items():
        text = text.replace(f'"${mark}"', json.dumps(value))
    found: Any = json.loads(text)
    headers = {name.lower(): value for name, value in found["headers"].items()}
    return Sent(headers, json.dumps(found["body"]).encode())


def _values(now: datetime) -> Mapping[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "time": now.isoformat().replace("+00:00", "Z"),
        "seconds": int(now.timestamp()),
        "clock": now.strftime("%Y-%m-%d %H:%M:%S"),
    }


def _expected(registry: str, sent: Sent) -> Iterator[Expected]:
    for event in explain(registry, sent).events:
        yield Expected(
            f"{registry}: {heading(event)}",
            event_id=event.event_id,
            action=event.tracking,
            repository=event.repository,
            tag=event.tag,
            digest=event.digest,
        )


def _source(registry: str) -> str:
    return f"sample-{registry}"
