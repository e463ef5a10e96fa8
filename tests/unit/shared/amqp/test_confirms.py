"""Numbers and what was written under them, against the plainest model."""

from hypothesis import given
from hypothesis import strategies as st

from shared.amqp.confirms import LOW, Confirms


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 40), st.booleans()), max_size=40))
def test_each_is_settled_once_and_only_by_its_number(steps: list[tuple[int, int, bool]]) -> None:
    confirms: Confirms[int] = Confirms()
    model: dict[int, int] = {}
    written = 0
    for adding, number, and_before in steps:
        for _ in range(adding):
            written += 1
            assert confirms.next_number == written
            confirms.add(written * 10)
            model[written] = written * 10
        meant = [n for n in model if n == number or (and_before and n < number)]
        assert confirms.find(number) == model.get(number)
        assert confirms.settle(number, and_before=and_before) == [model.pop(n) for n in meant]
    assert confirms.drain() == list(model.values())
    assert confirms.drain() == []


def test_a_number_is_found_by_its_low_bits() -> None:
    confirms: Confirms[str] = Confirms(first=LOW - 1)
    for name in ("before", "at", "after"):
        confirms.add(name)
    assert [confirms.find(low) for low in (LOW - 1, 0, 1, 2)] == ["before", "at", "after", None]
    assert confirms.settle(LOW, and_before=True) == ["before", "at"]
