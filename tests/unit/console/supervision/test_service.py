"""What a service does before it serves."""

import subprocess
import sys

SCRIPT = """
import gc
from console.supervision.service import serve
from shared.settings import Settings

async def process():
    print(gc.get_freeze_count())

serve(process(), Settings(), service="test")
"""


def test_no_collection_of_garbage_goes_through_the_program_itself() -> None:
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert int(done.stdout) > 10_000
