"""The command in the checkout itself, where a new room is first."""

import sys

import pytest

import registry_events


def test_no_room_of_the_checkout_is_taken_for_a_stranger(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["registry-events", "--version"])
    with pytest.raises(SystemExit) as ended:
        registry_events.main()
    assert not ended.value.code, capsys.readouterr().err
