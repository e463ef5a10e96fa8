"""What is known of the dead letters between two looks over them."""

from datetime import UTC, datetime, timedelta

from console.dead_letters.summary import Summary
from console.overview.seen.broker import Depth
from console.overview.sources.oldest_dead import OldestDead
from shared.amqp.dead_letter import Reason

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


async def look() -> Summary:
    summary = Summary(NOW)
    summary.total.oldest = NOW - timedelta(minutes=1)
    summary.reasons[Reason.INVALID_EVENT] = 3
    return summary


async def looked() -> OldestDead:
    oldest = OldestDead(look, largest=10)
    assert oldest.age(Depth(3, 0), NOW) is None
    await oldest.known()
    return oldest


async def test_somebody_who_reads_them_all_makes_nobody_forget_them() -> None:
    oldest = await looked()
    assert oldest.age(Depth(0, 1), NOW) == 60.0
    assert oldest.reasons == {Reason.INVALID_EVENT: 3}


async def test_of_an_empty_queue_nothing_is_known() -> None:
    oldest = await looked()
    assert oldest.age(Depth(0, 0), NOW) is None
    assert oldest.reasons == {}


async def test_of_a_queue_that_grew_too_large_what_was_counted_stays() -> None:
    oldest = await looked()
    assert oldest.age(Depth(11, 0), NOW) == 60.0
    await oldest.known()
    assert oldest.reasons == {Reason.INVALID_EVENT: 3}
