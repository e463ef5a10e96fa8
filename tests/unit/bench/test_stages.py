"""The stages by which the bench accounts for a worker's CPU time."""

import sys
from pathlib import Path

import pytest

from tests.bench.stages import MODULES, ROOTS, stage
from worker.consuming import batches


@pytest.mark.parametrize("start", MODULES, ids=str)
def test_what_a_stage_is_known_by_exists(start: str) -> None:
    assert any(Path(root, start).exists() for root in ROOTS)


def test_what_a_module_calls_works_for_its_stage() -> None:
    here = sys._getframe()  # noqa: SLF001  the stack is what it is about
    assert stage(here) == "event loop, all else"
    called = eval(compile("look()", batches.__file__, "eval"), {"look": sys._getframe})  # noqa: S307, SLF001
    assert stage(called) == "judging, columns"
