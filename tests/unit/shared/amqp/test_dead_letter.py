import pytest

from shared.amqp.dead_letter import Reason, Story

WHOLE = Story(Reason.RECORDING_FAILED, "DataError", "no row", attempts=3).headers()


@pytest.mark.parametrize(
    ("attempts", "read"),
    [("3", 3), (12, 12), ("9" * 5_000, 0), ("-1", 0), ("²", 0), ("", 0), (None, 0)],
    ids=["text", "number", "5,000 digits", "negative", "superscript", "empty", "none"],
)
def test_attempts_that_are_no_number_spoil_no_story(attempts: object, read: int) -> None:
    story = Story.read({**WHOLE, "dead-letter-attempts": attempts})
    assert (story.attempts, story.error) == (read, "no row")
