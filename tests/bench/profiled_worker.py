"""Our worker, and where its CPU time goes: `python -m tests.bench.profiled_worker FILE`.

From SIGUSR1 to SIGUSR2 it looks, as often as the kernel counts CPU time, at which stage it is in;
then FILE holds the seconds of each.
"""

import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

from console.cli import main
from tests.bench.stages import STAGES, stage

_INTERVAL: Final = 0.001


class Sampler:
    """Samples this process's CPU time into `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._samples: Counter[str] = Counter()
        self._begun = 0.0
        signal.signal(signal.SIGPROF, self._look)
        signal.signal(signal.SIGUSR1, self._begin)
        signal.signal(signal.SIGUSR2, self._end)

    def _begin(self, _number: int, _frame: FrameType | None) -> None:
        self._begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        self._samples[stage(frame)] += 1

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        a_sample = (time.process_time() - self._begun) / max(self._samples.total(), 1)
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps({one: self._samples[one] * a_sample for one in STAGES}))
        unfinished.rename(self._file)


if __name__ == "__main__":
    Sampler(Path(sys.argv[1]))
    sys.argv[1:] = ["worker"]
    main()
