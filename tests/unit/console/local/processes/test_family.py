import asyncio
import subprocess
import sys

from console.local.processes import family
from tests.waiting import eventually

# The first thread ends and leaves a zombie; the second keeps what the process has open.
LIVES_ON = """
import ctypes, threading
threading.Thread(target=input).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def start() -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", LIVES_ON], stdin=pipe, stderr=pipe)


async def test_a_zombie_lives_until_its_last_thread_has_ended() -> None:
    child = await asyncio.to_thread(start)
    one = family.member(child.pid)
    assert one

    async def is_zombie() -> bool:
        return family.is_zombie(child.pid)

    await eventually(is_zombie)
    assert family.is_alive(one)
    with child:
        assert child.stdin
        child.stdin.close()
        assert family.wait_until_gone({one}, seconds=30) == set()
