"""What an ingest remembers of its senders: little, whoever they are, and not for long."""

from ingest.sender_faults import MEMORY, SenderFault, SenderFaults, together


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def make_faults() -> tuple[SenderFaults, Clock]:
    clock = Clock()
    return SenderFaults(clock), clock


def test_a_series_has_a_start_and_an_end() -> None:
    faults, clock = make_faults()
    for _ in range(3):
        faults.note(SenderFault.TOKEN, "10.0.0.7")
        clock.now += MEMORY - 1
    assert faults.document() == {
        "token": {
            "count": 3,
            "first_age": 3 * (MEMORY - 1),
            "last_age": MEMORY - 1,
            "addresses": ["10.0.0.7"],
            "others": False,
        }
    }


def test_after_a_pause_it_is_forgotten_and_starts_anew() -> None:
    faults, clock = make_faults()
    faults.note(SenderFault.TOKEN, "10.0.0.7")
    faults.note(SenderFault.TOO_LARGE, None)
    clock.now += MEMORY + 1
    assert faults.document() == {}
    faults.note(SenderFault.TOKEN, "10.0.0.8")
    (one,) = faults.document().values()
    assert (one["count"], one["first_age"], one["addresses"]) == (1, 0.0, ["10.0.0.8"])


def test_a_flood_from_everywhere_leaves_the_latest_addresses() -> None:
    faults, _ = make_faults()
    for number in range(10_000):
        faults.note(SenderFault.TOKEN, f"10.0.{number // 256}.{number % 256}")
    faults.note(SenderFault.TOKEN, "10.0.39.13")
    (one,) = faults.document().values()
    assert one["count"] == 10_001
    assert one["addresses"] == ["10.0.39.14", "10.0.39.15", "10.0.39.13"]
    assert one["others"] is True


def test_three_addresses_by_turns_are_all_there_are() -> None:
    faults, _ = make_faults()
    for number in range(30):
        faults.note(SenderFault.TOKEN, f"10.0.0.{number % 3}")
    (one,) = faults.document().values()
    assert (one["addresses"], one["others"]) == (["10.0.0.0", "10.0.0.1", "10.0.0.2"], False)


def test_several_processes_have_one_memory() -> None:
    (first, early), (second, late) = make_faults(), make_faults()
    early.now -= 10
    for number in range(2):
        first.note(SenderFault.TOKEN, f"10.0.0.{number}")
    for number in range(1, 3):
        second.note(SenderFault.TOKEN, f"10.0.0.{number}")
    second.note(SenderFault.TOO_LARGE, "10.0.0.9")
    early.now, late.now = 1_000.0, 1_000.0
    both = together([second.document(), first.document()])
    assert both["token"] == {
        "count": 4,
        "first_age": 10,
        "last_age": 0,
        "addresses": ["10.0.0.0", "10.0.0.1", "10.0.0.2"],
        "others": False,
    }
    assert both["too_large"] == second.document()["too_large"]
    second.note(SenderFault.TOKEN, "10.0.0.3")
    both = together([second.document(), first.document()])
    assert both["token"]["addresses"] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert both["token"]["others"] is True
    assert together([{}, {}]) == {}
