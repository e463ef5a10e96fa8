"""The envelope cut into the texts of its events, so that a bad one cannot spoil its neighbours."""

from codecs import BOM_UTF8
from typing import Final

from ingest.scanning import Scanner, UnreadableEnvelopeError
from shared.text import from_bytes, printable

__all__ = ["MOST_BRACKETS", "MOST_EVENTS", "MOST_KEYS", "UnreadableEnvelopeError", "split"]

# Registries send one. A body of nothing but brackets holds millions, each a dead letter.
MOST_EVENTS: Final = 10_000
# Far above what a registry sends: they bound the time that one body takes.
MOST_KEYS: Final = 1_000
MOST_BRACKETS: Final = 250_000
_KEYS_SHOWN: Final = 8
_KEY_LENGTH: Final = 40


def split(body: bytes, *, patient: bool = False) -> list[str]:
    """The JSON texts of the events in a notification's body, in their order.

    `{}` and null `events` are an empty list (Distribution omits it when empty). A byte order mark
    is passed over, as RFC 8259 allows. Raises UnreadableEnvelopeError if the body is not a JSON
    object with a list of `events`, or has more than MOST_EVENTS, MOST_KEYS beside them or
    MOST_BRACKETS; `patient` takes any number, and one event instead of a list.
    """
    text = from_bytes(body.removeprefix(BOM_UTF8))
    scanner = Scanner(text, most_brackets=len(text) if patient else MOST_BRACKETS)
    start = scanner.skip_space(0)
    if text[start : start + 1] != "{":
        raise UnreadableEnvelopeError("not an object" if text.strip() else "the body is empty")
    events: list[str] | None = None
    others = _Others()
    for key, value_start in scanner.members(start + 1):
        if key != "events":
            others.add(key)
        elif events is not None:
            raise UnreadableEnvelopeError("two lists of events")
        else:
            events = _read_events(scanner, value_start, patient=patient)
        if others.count > MOST_KEYS and not patient:
            raise UnreadableEnvelopeError(f"more than {MOST_KEYS} keys beside `events`")
    if events is None and others.count:
        # What another kind of sender sends must not look like a notification of nothing.
        raise UnreadableEnvelopeError(f"no `events`: {others}", cause="no `events`")
    return events or []


class _Others:
    """The keys beside `events`, as many as fit into a sentence."""

    def __init__(self) -> None:
        self.count = 0
        self._shown: list[str] = []

    def add(self, key: str) -> None:
        self.count += 1
        if self.count <= _KEYS_SHOWN:
            self._shown.append(f"`{printable(key, _KEY_LENGTH)}`")

    def __str__(self) -> str:
        more = self.count - len(self._shown)
        keys = ", ".join(self._shown) + (f" and {more:,} more" if more else "")
        return f"keys are {keys}" if self.count > 1 else f"its only key is {keys}"


def _read_events(scanner: Scanner, start: int, *, patient: bool) -> list[str]:
    text = scanner.text
    if scanner.is_null(start):
        return []
    if patient and text[start : start + 1] == "{":
        return [text[start : scanner.value_end(start)]]
    position = scanner.skip_space(scanner.expect(start, "[", "events is not a list"))
    events: list[str] = []
    while text[position : position + 1] != "]":
        if events:
            position = scanner.skip_space(scanner.expect(position, ","))
        if len(events) == MOST_EVENTS and not patient:
            raise UnreadableEnvelopeError(f"more than {MOST_EVENTS} events")
        end = scanner.value_end(position)
        events.append(text[position:end])
        position = scanner.skip_space(end)
    scanner.read_to = position + 1
    return events
