"""How much is measured."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """`rounds` of each contender, alternating; `drained` by a quick worker, `drained_slowly` by
    any other; `cell_seconds` of load for one line of ingest; `serial_requests` of a registry that
    waits for each; `neighbours` is how many large envelopes come one after another; `grown` are the
    rows that databases have; `small_images` and `large_images` (how many, of how many bytes) are
    those of a registry that is copied, `repositories` those of one that is compared.
    """

    rounds: int
    drained: int
    drained_slowly: int
    cell_seconds: float
    cell_requests: int
    serial_requests: int
    end_to_end_seconds: float
    held: int
    neighbours: int
    grown: tuple[int, ...]
    small_images: int
    large_images: tuple[int, int]
    repositories: int


FULL: Final = Scale(
    rounds=3,
    drained=20_000,
    drained_slowly=4_000,
    cell_seconds=1.0,
    cell_requests=50_000,
    serial_requests=500,
    end_to_end_seconds=3.0,
    held=100_000,
    neighbours=10,
    grown=(1_000_000, 10_000_000),
    small_images=500,
    large_images=(3, 200_000_000),
    repositories=5_000,
)
QUICK: Final = Scale(
    rounds=1,
    drained=2_000,
    drained_slowly=500,
    cell_seconds=0.3,
    cell_requests=2_000,
    serial_requests=50,
    end_to_end_seconds=0.5,
    held=3_000,
    neighbours=3,
    grown=(20_000,),
    small_images=20,
    large_images=(2, 8_000_000),
    repositories=200,
)
MILLION: Final = 1_000_000
