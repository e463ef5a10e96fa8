"""Of most groups of drills some in seconds; `make drill` has them all, for minutes."""

import pytest

from tests.drills.conftest import Play
from tests.drills.drill import Drill
from tests.drills.groups import GROUPS


@pytest.mark.parametrize(
    "drill",
    [
        pytest.param(drill, id=f"{group}: {drill.name}")
        for group, drills in GROUPS.items()
        for drill in drills
        if drill.is_brief
    ],
)
async def test_everything_accepted_is_settled_once(
    play: Play, drill: Drill, request: pytest.FixtureRequest
) -> None:
    if drill in (*GROUPS["registry"], *GROUPS["geo"]):
        request.getfixturevalue("registry_programs")
    await play(drill)
