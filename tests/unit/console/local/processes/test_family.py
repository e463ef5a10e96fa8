import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from console.local.processes.family import family, is_alive, is_zombie, send, wait_until_gone
from tests.waiting import eventually

# The first thread ends and leaves a zombie; the second keeps what the process has open.
LIVES_ON = """
import ctypes, threading
threading.Thread(target=input).start()
ctypes.CDLL(None).pthread_exit(None)
"""
# One in a session of its own, and one of ours whose parent ends; each with a child.
SCATTERED = """
setsid sh -c 'sleep 600 & echo $$ $!; wait' &
sh -c 'sh -c "sleep 600 & echo \\$\\$ \\$!; wait" &'
echo
wait
"""


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """In a session of its own; killed with its family at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as child:
        try:
            yield child
        finally:
            send(family(child.pid), signal.SIGKILL)


def scattered(child: subprocess.Popen[str]) -> set[int]:
    """Their numbers, once the parent of one has ended."""
    assert child.stdout
    return {int(number) for _ in range(3) for number in child.stdout.readline().split()}


def test_descendants_and_members_of_the_session_belong_to_it() -> None:
    with started("sh", "-c", SCATTERED) as child:
        numbers = scattered(child)
        assert len(numbers) == 4
        found = family(child.pid)
        assert {one.pid for one in found} == numbers | {child.pid}
        send(found, signal.SIGKILL)
        assert wait_until_gone(found, seconds=30) == set()


def test_its_session_lives_on_without_it() -> None:
    with started("sh", "-c", SCATTERED) as child:
        numbers = scattered(child)
        everybody = family(child.pid)
        child.kill()
        child.wait()
        found = family(child.pid)
        # What left the session is nobody's any more.
        assert len({one.pid for one in found} & numbers) == 2
        send(everybody, signal.SIGKILL)
        assert wait_until_gone(everybody, seconds=30) == set()


async def test_a_zombie_lives_until_its_last_thread_has_ended() -> None:
    with started(sys.executable, "-c", LIVES_ON) as child:
        (one,) = family(child.pid)

        async def has_lost_its_first_thread() -> bool:
            return is_zombie(child.pid)

        await eventually(has_lost_its_first_thread)
        assert is_alive(one)
        assert child.stdin
        child.stdin.close()
        assert wait_until_gone({one}, seconds=30) == set()
        assert is_zombie(child.pid)
    assert not is_zombie(child.pid)
