import pytest

from console.commands.dead_letters.exits import Exit, Failed
from console.commands.dead_letters.run import say


def test_no_notice_has_a_credential(capsys: pytest.CaptureFixture[str]) -> None:
    say("line 2: a key stands twice in one object: Bearer s3cret")
    Failed("this is no event: it names https://alice:s3cret@host", Exit.FAILED).show()
    told = capsys.readouterr()
    assert told.out == ""
    assert "s3cret" not in told.err
    assert len(told.err.splitlines()) == 2
