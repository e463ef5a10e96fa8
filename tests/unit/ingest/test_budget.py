from ingest.budget import SMALL, ByteBudget

MEGABYTE = 1024 * 1024


def test_what_is_in_hand_never_exceeds_the_limit_and_is_given_back() -> None:
    budget = ByteBudget(10 * MEGABYTE)
    assert budget.reserve(6 * MEGABYTE)
    assert budget.reserve(4 * MEGABYTE)
    assert not budget.reserve(SMALL + 1)
    budget.give_back(4 * MEGABYTE)
    assert budget.reserve(4 * MEGABYTE)
    budget.give_back(4 * MEGABYTE)
    budget.give_back(6 * MEGABYTE)
    assert budget.reserved == 0


def test_a_body_larger_than_the_limit_is_taken_alone() -> None:
    budget = ByteBudget(MEGABYTE)
    assert budget.reserve(2 * MEGABYTE)
    assert not budget.reserve(SMALL + 1)


def test_large_bodies_do_not_keep_small_ones_out() -> None:
    budget = ByteBudget(MEGABYTE)
    assert budget.reserve(MEGABYTE)
    assert budget.reserve(SMALL)
