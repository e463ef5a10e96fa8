"""Installing packages leaves the machine's policy for services as it was."""

from pathlib import Path

import pytest

from console.local.packages import apt
from console.local.report import LocalError


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(apt, "_POLICY", path)
    return path


@pytest.fixture
def seen(tmp_path: Path, policy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the policy answered to a stand-in for apt-get, which must not run for real."""
    answers = tmp_path / "answers"
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\n{policy}\necho $? >> {answers}\ncase $* in *broken*) exit 100;; esac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return answers


def test_services_may_not_start_meanwhile(policy: Path, seen: Path) -> None:
    said: list[str] = []
    apt.install(["a-package"], say=said.append)
    assert set(seen.read_text().split()) == {"101"}
    assert not policy.exists()
    assert "a-package" in said[0]


def test_the_policy_goes_away_when_apt_fails(policy: Path, seen: Path) -> None:
    with pytest.raises(LocalError, match="broken` failed"):
        apt.install(["broken"], say=lambda _: None)
    assert seen.exists()
    assert not policy.exists()


def test_one_that_a_killed_run_left_is_taken_away(policy: Path, seen: Path) -> None:
    policy.write_text(apt._FORBID)  # noqa: SLF001  what it is known by
    apt.install(["a-package"], say=lambda _: None)
    assert seen.exists()
    assert not policy.exists()


def test_a_policy_that_was_there_stays(policy: Path, seen: Path) -> None:
    policy.write_text("#!/bin/sh\nexit 104\n")
    policy.chmod(0o755)
    apt.install(["a-package"], say=lambda _: None)
    assert set(seen.read_text().split()) == {"104"}
    assert policy.exists()
