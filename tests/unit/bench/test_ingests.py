import pytest

from tests.bench import ingests


def test_a_contender_without_its_libraries_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"fastapi", "msgspec"}
    monkeypatch.setattr(ingests, "find_spec", lambda library: library in here)
    assert ingests.MINIMAL.missing == []
    assert ingests.left_out() == "\nFastAPI + aio-pika is left out: no httptools, uvicorn."
