"""A process that is one of several does not outlive its parent, whatever it is at."""

import pickle
import signal
import subprocess
import sys
from pathlib import Path

from console.supervision.assignment import Assignment
from shared.settings import Settings
from shared.siblings import Siblings

DEAF = """
import signal, sys, time, types

async def run(settings, siblings):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("busy", flush=True)
    while True:
        time.sleep(1)

sys.modules["deaf"] = types.ModuleType("deaf")
sys.modules["deaf.app"] = types.SimpleNamespace(run=run)

from console.supervision.child import main
main()
"""


def test_one_that_does_not_hear_is_killed(tmp_path: Path) -> None:
    (sockets := tmp_path / "sockets").mkdir()
    given = Assignment("deaf", Settings(), Siblings(1, 2, sockets), seconds=0.1)
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(pickle.dumps(given))
        child.stdin.flush()
        assert child.stdout.readline() == b"busy\n"
        assert sockets.exists()
        # As the kernel does at the parent's end.
        child.stdin.close()
        assert child.wait(30) == -signal.SIGKILL
    assert not sockets.exists()
