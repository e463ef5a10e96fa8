from ingest.budget import SMALL, ByteBudget

MEGABYTE = 1024 * 1024


def test_what_is_in_hand_never_exceeds_the_limit_and_is_given_back() -> None:
    budget = ByteBudget(10 * MEGABYTE)
    with budget.reserving(6 * MEGABYTE) as first:
        with budget.reserving(4 * MEGABYTE) as second, budget.reserving(SMALL + 1) as third:
            assert (first, second, third) == (True, True, False)
        with budget.reserving(4 * MEGABYTE) as again:
            assert again
    assert budget.reserved == 0


def test_a_body_larger_than_the_limit_is_taken_alone() -> None:
    budget = ByteBudget(MEGABYTE)
    with budget.reserving(2 * MEGABYTE) as large, budget.reserving(SMALL + 1) as other:
        assert (large, other) == (True, False)


def test_large_bodies_do_not_keep_small_ones_out() -> None:
    budget = ByteBudget(MEGABYTE)
    with budget.reserving(MEGABYTE), budget.reserving(SMALL) as small:
        assert small
