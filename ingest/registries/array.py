"""A body that is one notification, or an array of several."""

from collections.abc import Callable, Iterator

from ingest.registries.adapter import Found, Ignored, Unreadable, UnreadableRequestError


def each(told: object, found: Callable[[object], Iterator[Found]]) -> Iterator[Found]:
    """What is found in it, or in each of its elements: an unreadable one does not lose the others.

    Raises UnreadableRequestError if it is no array.
    """
    if not isinstance(told, list):
        yield from found(told)
        return
    if not told:
        yield Ignored("an empty array")
    for element in told:
        try:
            yield from list(found(element))
        except UnreadableRequestError as error:
            yield Unreadable(str(error))
