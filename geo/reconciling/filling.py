"""The event that a drift stands for, as Distribution would have sent it. Pure."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any, Final, NamedTuple

from geo.reconciling.drift import Drift
from shared.origin import DISTRIBUTION, RECEIVED, RECONCILED, Origin

_PREFIX: Final = "reconciled-"
# https://www.rfc-editor.org/rfc/rfc6838#section-4.2; what is no such name is left out.
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_MEDIA_TYPE: Final = re.compile(f"{_NAME}/{_NAME}")


class Filling(NamedTuple):
    """The JSON of an event, and what its message says of its origin."""

    body: bytes
    origin: Origin


def filling(
    drift: Drift, source: str, observed: datetime, *, registry: str = DISTRIBUTION
) -> Filling:
    """`observed` is a moment before the registry said so; `registry` its kind of software.

    But for that moment the same drift is always the same event: it is dated by its first receipt.
    """
    event = {
        "id": event_id(drift, source),
        "timestamp": observed.isoformat(),
        "action": _action(drift),
        "target": _target(drift),
    }
    body = json.dumps(event).encode()
    origin = Origin(source=source, registry=registry, id_from=RECONCILED, time_from=RECEIVED)
    return Filling(body, origin)


def event_id(drift: Drift, source: str) -> str:
    """The same for the same drift.

    The event that was recorded last is a part of it: what was lost once may be lost again.
    """
    digest = drift.found.digest if drift.found else ""
    last = drift.recorded.event_id if drift.recorded else ""
    parts = [source, drift.repository, drift.tag, digest, _action(drift), last]
    return _PREFIX + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _action(drift: Drift) -> str:
    return "push" if drift.found else "delete"


def _target(drift: Drift) -> dict[str, Any]:
    target: dict[str, Any] = {"repository": drift.repository, "tag": drift.tag}
    if drift.found:
        target["digest"] = drift.found.digest
        if _MEDIA_TYPE.fullmatch(drift.found.media_type):
            target["mediaType"] = drift.found.media_type
    return target
