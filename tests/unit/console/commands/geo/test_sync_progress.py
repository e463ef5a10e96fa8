from console.commands.geo.sync_progress import beside
from geo.syncing.tally import Progress


def test_it_tells_how_fast_and_how_long() -> None:
    progress = Progress(done=100, total=500, blobs=1204, bytes=3_000_000, seconds=30)
    assert beside(progress) == "1,204 blobs, 3.0 MB, 100.0 kB/s, 0:02:00 left"


def test_at_first_it_does_not_guess() -> None:
    assert beside(Progress(0, 500, 0, 0, 0)) == "0 blobs, 0 bytes, 0 bytes/s"
