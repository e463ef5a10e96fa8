import fcntl
import io
import os
import pty
import struct
import termios

import pytest

from console.terminal.width import width


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param("100", 100, id="told"),
        pytest.param("", None, id="empty"),
        pytest.param("0", None, id="zero"),
        pytest.param("wide", None, id="a-word"),
        pytest.param("9" * 5_000, None, id="absurd"),
        pytest.param("\u0663", None, id="other-digits"),
    ],
)
def test_columns_are_honoured_in_a_pipe_too(
    monkeypatch: pytest.MonkeyPatch, columns: str, expected: int | None
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width(io.StringIO()) == expected


def test_a_terminal_says_how_wide_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    leader, follower = pty.openpty()
    with os.fdopen(leader, "wb", buffering=0), os.fdopen(follower, "w") as stream:
        # A new one does not know: nothing is cut then.
        assert width(stream) is None
        fcntl.ioctl(stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, 132, 0, 0))
        assert width(stream) == 132
