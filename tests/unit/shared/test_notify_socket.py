import socket
from pathlib import Path

import pytest

from shared.notify_socket import NotifySocket
from tests.notified import abstract, systemd


def taken(**environment: str) -> NotifySocket | None:
    return NotifySocket.taken(environment)


def test_it_is_told_by_path_and_by_abstract_name(tmp_path: Path) -> None:
    for name in (str(tmp_path / "notify"), abstract()):
        with systemd(name) as heard:
            notify = taken(NOTIFY_SOCKET=name)
            assert notify
            assert notify.tell(READY="1", STATUS="ready")
            heard.hear()
            assert heard.said == [{"READY": "1", "STATUS": "ready"}]


def test_no_child_finds_it() -> None:
    environment = {
        "NOTIFY_SOCKET": "/run/systemd/notify",
        "WATCHDOG_USEC": "1500000",
        "WATCHDOG_PID": "1",
        "HOME": "/",
    }
    notify = NotifySocket.taken(environment)
    assert notify
    assert notify.watchdog == 1.5
    assert environment == {"HOME": "/"}


@pytest.mark.parametrize("path", ["", "vsock:2:1234", "notify"])
def test_nobody_listens(path: str) -> None:
    assert taken(NOTIFY_SOCKET=path) is None
    assert taken() is None


@pytest.mark.parametrize("microseconds", ["", "0", "-1", "1e6", "\u0663"])
def test_without_a_watchdog(microseconds: str) -> None:
    notify = taken(NOTIFY_SOCKET="@x", WATCHDOG_USEC=microseconds)
    assert notify
    assert notify.watchdog == 0


def test_a_text_is_one_line(tmp_path: Path) -> None:
    with systemd(tmp_path / "notify") as heard:
        assert NotifySocket(heard.path).tell(STATUS="a\nREADY=1\ud800")
        heard.hear()
        assert heard.said == [{"STATUS": "a\\x0aREADY=1\\ud800"}]


def test_one_that_does_not_listen_or_read_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert not NotifySocket(str(tmp_path / "nothing")).tell(READY="1")
    with systemd(tmp_path / "notify") as heard:
        heard.own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        notify = NotifySocket(heard.path)
        told = [notify.tell(WATCHDOG="1") for _ in range(1000)]
        assert told[0]
        assert not told[-1]
