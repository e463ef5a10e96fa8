import pytest

from geo.copying.counts import Counts
from geo.syncing.tally import Progress, Tally


def test_what_became_equal_fails_no_more() -> None:
    tally = Tally()
    tally.has_failed("a", "it is away")
    assert tally.failing == {"a": "it is away"}
    tally.became_equal("a")
    assert (tally.equal, tally.failed, tally.failing) == (1, 1, {})


def test_what_is_left_takes_as_long_as_what_was_done() -> None:
    begin = Progress.of(Tally(equal=7), Counts(bytes=100), due=70, seconds=9)
    tally = Tally(equal=27, failed=1)
    progress = Progress.of(tally, Counts(blobs=5, bytes=700), due=63, seconds=12).since(begin)
    assert (progress.done, progress.total) == (21, 84)
    assert progress.rate == 200
    assert progress.remaining == pytest.approx(9)


def test_before_anything_is_done_nobody_knows_how_long_it_takes() -> None:
    assert Progress(0, 10, 0, 0, 5).remaining is None
    assert Progress(0, 10, 0, 0, 0).rate == 0
