"""A blob between two registries that cut, forget and lie; what arrives is right, or nothing is."""

import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import stamina

from geo.registry.descriptor import Descriptor
from geo.registry.errors import DigestError, NotFoundError, RegistryError
from geo.registry.names import digest_of
from tests.shelf import Shelf, standing
from tests.stand_in import Asked, client

MIB = 1024 * 1024
LARGE = random.Random(1).randbytes(5 * MIB + 1)  # noqa: S311  to be the same in each run
SMALL = b"small"


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5):
        yield


class Heard(NamedTuple):
    source: list[Asked]
    target: list[Asked]

    @property
    def starts(self) -> list[int]:
        """Where each reading of the source began."""
        ranges = [one.headers.get("Range", "bytes=0-") for one in self.source]
        return [int(one.removeprefix("bytes=").removesuffix("-")) for one in ranges]

    def count(self, method: str) -> int:
        return sum(one.method == method for one in self.target)


async def copied(source: Shelf, target: Shelf, blob: bytes) -> Heard:
    descriptor = Descriptor("x/y", digest_of(blob), len(blob))
    told: list[int] = []
    async with (
        standing(source) as one,
        standing(target) as two,
        client(one.url) as from_,
        client(two.url) as to,
    ):
        names = {"from_repository": "team/a", "to_repository": "team/b"}
        await to.copy_blob(descriptor, from_=from_, told=told.append, **names)
    assert sum(told) == len(blob)
    assert target.blobs[descriptor.digest] == blob
    assert not target.uploads
    return Heard(one.asked, two.asked)


@pytest.mark.parametrize("blob", [b"", SMALL, LARGE[: 64 * 1024], LARGE], ids=len)
async def test_a_blob_arrives(blob: bytes) -> None:
    await copied(Shelf(blob), Shelf(), blob)


async def test_a_small_one_takes_three_requests() -> None:
    heard = await copied(Shelf(SMALL), Shelf(), SMALL)
    assert [one.method for one in heard.source + heard.target] == ["GET", "POST", "PUT"]


@pytest.mark.parametrize("knows_ranges", [True, False], ids=["ranges", "no ranges"])
async def test_after_cuts_of_the_source_it_goes_on(*, knows_ranges: bool) -> None:
    source, target = Shelf(LARGE), Shelf()
    source.cut_reads = [2 * MIB, 100, 3] if knows_ranges else [2 * MIB, 3 * MIB]
    source.knows_ranges = knows_ranges
    heard = await copied(source, target, LARGE)
    assert heard.starts == sorted(heard.starts)
    assert (heard.starts[-1] > 0, source.cut_reads) == (True, [])
    # The target has noticed nothing.
    assert [one.method for one in heard.target] == ["POST", "PATCH", "PUT"]


async def test_after_cuts_of_the_target_it_goes_on_where_that_is() -> None:
    source, target = Shelf(LARGE), Shelf()
    target.cut_writes = [MIB, 1, 2 * MIB]
    heard = await copied(source, target, LARGE)
    assert target.cut_writes == []
    assert (heard.count("POST"), heard.count("PATCH")) == (1, 4)
    # Its hash is known at each MiB, so it is read again from there at most.
    assert heard.starts[-1] >= 2 * MIB


async def test_if_the_target_has_forgotten_it_begins_anew() -> None:
    source, target = Shelf(LARGE), Shelf()
    target.cut_writes = [MIB, 3 * MIB]
    target.says_offset = False
    heard = await copied(source, target, LARGE)
    assert heard.count("POST") == 3
    assert heard.starts == [0, 0, 0]


async def test_cuts_of_both_sides() -> None:
    source, target = Shelf(LARGE), Shelf()
    source.cut_reads = [MIB, MIB + 5, 7]
    target.cut_writes = [MIB // 2, MIB, 3]
    await copied(source, target, LARGE)


@pytest.mark.parametrize("blob", [SMALL, LARGE], ids=len)
async def test_an_answer_that_is_lost_loses_nothing(blob: bytes) -> None:
    target = Shelf()
    target.loses_answer = True
    await copied(Shelf(blob), target, blob)


@pytest.mark.parametrize("right", [SMALL, LARGE], ids=len)
@pytest.mark.parametrize("lie", ["other", "longer", "shorter"])
async def test_other_bytes_end_as_such_and_leave_nothing(right: bytes, lie: str) -> None:
    wrong = {"other": b"X" + right[1:], "longer": right + b"X", "shorter": right[:-1]}[lie]
    source, target = Shelf(right), Shelf()
    source.blobs[digest_of(right)] = wrong
    with pytest.raises(DigestError):
        await copied(source, target, right)
    assert target.blobs == {}
    assert target.uploads == {}


async def test_a_source_that_cuts_for_ever_is_given_up() -> None:
    source, target = Shelf(LARGE), Shelf()
    source.cut_reads = [MIB, *[0] * 20]
    with pytest.raises(RegistryError) as fault:
        await copied(source, target, LARGE)
    assert fault.value.temporary
    assert len(source.cut_reads) == 16
    assert target.uploads == {}


async def test_a_target_that_cuts_for_ever_is_given_up() -> None:
    source, target = Shelf(LARGE), Shelf()
    target.cut_writes = [MIB, *[1] * 20]
    target.says_offset = False
    with pytest.raises(RegistryError) as fault:
        await copied(source, target, LARGE)
    assert fault.value.temporary
    assert len(target.cut_writes) > 10


async def test_a_blob_that_is_not_there_is_not_found_and_begins_nothing() -> None:
    for blob in (SMALL, LARGE):
        target = Shelf()
        with pytest.raises(NotFoundError):
            await copied(Shelf(), target, blob)
        assert target.uploads == {}
