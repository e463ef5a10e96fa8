"""A dead letter: the original body, with the story of how it died in its headers."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Final, Self

from shared import faults
from shared.amqp.message import Headers, Message
from shared.amqp.topology import DEAD_EXCHANGE
from shared.bad_input import BadInputError
from shared.text import printable

_PREFIX: Final = "dead-letter-"
_ERROR_LENGTH: Final = 2000
_BROKER_DEATHS: Final = "x-death"
_WHOLE: Final = re.compile("[0-9]{1,18}")

HOST: Final = socket.gethostname()
VERSION: Final = version("registry-events")


class Reason(StrEnum):
    """Why an event is not recorded."""

    UNREADABLE_BODY = "unreadable_body"
    BODY_TOO_LARGE = "body_too_large"
    INVALID_EVENT = "invalid_event"
    RECORDING_FAILED = "recording_failed"
    DELIVERY_LIMIT = "delivery_limit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to the event; times are ISO 8601 in UTC.

    `cause` is the error without what the sender put into it, where that is known.
    """

    reason: Reason
    error_type: str = ""
    error: str = ""
    cause: str = ""
    attempts: int = 1
    first_seen: str = ""
    failed_at: str = ""
    host: str = HOST
    version: str = VERSION

    @classmethod
    def of(
        cls, reason: Reason, error: BaseException, *, attempts: int, first_seen: datetime
    ) -> Self:
        return cls(
            reason=reason,
            error_type=type(error).__qualname__,
            error=printable(str(error) or faults.NO_TEXT, _ERROR_LENGTH),
            cause=error.cause if isinstance(error, BadInputError) else "",
            attempts=attempts,
            first_seen=first_seen.isoformat(),
            failed_at=datetime.now(UTC).isoformat(),
        )

    @classmethod
    def read(cls, headers: Mapping[str, object]) -> Self:
        """The story in a dead letter's headers, ours or the broker's own."""

        def text(name: str) -> str:
            return str(headers.get(_PREFIX + name, ""))

        if _PREFIX + "reason" not in headers:
            return cls(reason=_broker_reason(headers), attempts=0, host="", version="")
        reason, attempts = text("reason"), text("attempts")
        return cls(
            reason=Reason(reason) if reason in set(Reason) else Reason.UNKNOWN,
            error_type=text("error-type"),
            error=text("error"),
            cause=text("cause"),
            attempts=int(attempts) if _WHOLE.fullmatch(attempts) else 0,
            first_seen=text("first-seen"),
            failed_at=text("failed-at"),
            host=text("host"),
            version=text("version"),
        )

    def headers(self) -> dict[str, str | int]:
        return {
            _PREFIX + "reason": self.reason.value,
            _PREFIX + "error-type": self.error_type,
            _PREFIX + "error": self.error,
            _PREFIX + "cause": self.cause,
            _PREFIX + "attempts": self.attempts,
            _PREFIX + "first-seen": self.first_seen,
            _PREFIX + "failed-at": self.failed_at,
            _PREFIX + "host": self.host,
            _PREFIX + "version": self.version,
        }


def dead_letter(body: bytes, story: Story, headers: Headers, routing_key: str = "event") -> Message:
    """The message that carries a body that could not be recorded and the original's headers."""
    return Message(
        exchange=DEAD_EXCHANGE,
        routing_key=routing_key,
        body=body,
        headers={**headers, **story.headers()},
    )


def _broker_reason(headers: Mapping[str, object]) -> Reason:
    deaths = headers.get(_BROKER_DEATHS)
    if isinstance(deaths, list) and any(
        isinstance(death, Mapping) and death.get("reason") == Reason.DELIVERY_LIMIT
        for death in deaths
    ):
        return Reason.DELIVERY_LIMIT
    return Reason.UNKNOWN
