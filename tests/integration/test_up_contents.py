"""Whether `up --geo` tells an image that arrived whole from one that did not."""

from pathlib import Path

import pytest

from console.local.demonstration.contents import contents, digest
from console.local.report import LocalError
from console.local.servers.registry import Registry
from tests.pairs import Pair

pytestmark = pytest.mark.usefixtures("registry_programs")
PLACE = ("demo/geo", "v1")


def push(pair: Pair, seed: str, *registries: Registry) -> str:
    pushed = pair.layout.add_index(seed, seed=seed)
    for registry in registries:
        pair.push(seed, ":".join(PLACE), registry=registry)
    return pushed


def test_an_index_is_all_that_it_leads_to(pair: Pair) -> None:
    pushed = push(pair, "one", pair.primary, pair.secondary)
    ours, theirs = (contents(one.port, *PLACE) for one in (pair.primary, pair.secondary))
    # The index, two images, and of each a config and a layer.
    assert len(ours) == 7
    assert ours == theirs
    assert digest(pair.secondary.port, *PLACE) == pushed
    assert push(pair, "two", pair.primary) == digest(pair.primary.port, *PLACE)
    assert contents(pair.primary.port, *PLACE) != theirs


def test_a_part_that_is_absent_is_as_nothing(pair: Pair, tmp_path: Path) -> None:
    assert contents(pair.primary.port, *PLACE) == {}
    assert digest(pair.primary.port, *PLACE) is None
    push(pair, "one", pair.primary)
    part = list(contents(pair.primary.port, *PLACE))[-1]
    hexadecimal = part.removeprefix("sha256:")
    (kept,) = (tmp_path / "primary").glob(f"**/blobs/sha256/*/{hexadecimal}/data")
    kept.unlink()
    assert contents(pair.primary.port, *PLACE) == {}


def test_a_registry_that_is_away_is_no_answer(pair: Pair) -> None:
    pair.primary.stop()
    with pytest.raises(LocalError, match="a registry did not answer"):
        digest(pair.primary.port, *PLACE)
