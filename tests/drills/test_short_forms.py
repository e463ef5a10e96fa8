"""Every group of drills in seconds; `make drill` takes minutes."""

import os

import pytest

from console.local.packages import REGISTRY, SKOPEO, ensure
from console.local.report import LocalError
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
async def test_everything_accepted_is_settled_once(play: Play, drill: Drill) -> None:
    if drill in GROUPS["registry"]:
        require_programs()
    await play(drill)


def require_programs() -> None:
    """Fails without them, unless this user could not install them anyway."""
    try:
        ensure((REGISTRY, SKOPEO))
    except LocalError as error:
        if os.geteuid() != 0:
            pytest.skip(str(error))
        raise
