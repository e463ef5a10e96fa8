"""Server programs of a tree that is named, beside those of the machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from console.local.packages import places
from console.local.report import LocalError

PROGRAMS = {
    places.rabbitmq_server: "usr/lib/rabbitmq/lib/rabbitmq_server-4.{}/sbin/rabbitmq-server",
    places.epmd: "usr/lib/erlang/erts-17.{}/bin/epmd",
    places.postgres_bin: "usr/lib/postgresql/{}/bin/postgres",
}


@pytest.mark.parametrize("find", PROGRAMS)
def test_of_a_tree_that_is_named_the_newest_is_taken(
    find: Callable[[], Path | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(places.TREE, str(tmp_path))
    with pytest.raises(LocalError, match=f"{tmp_path} has no "):
        find()
    for number in (9, 10):
        path = tmp_path / PROGRAMS[find].format(number)
        path.parent.mkdir(parents=True)
        path.touch()
    assert find() in {path, path.parent}
