from collections.abc import Iterator

import pytest
import stamina

from worker import isolation


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(isolation, "_PAUSE_BEFORE_RETRY", 0.0)
    with stamina.set_testing(True, attempts=1000):
        yield
