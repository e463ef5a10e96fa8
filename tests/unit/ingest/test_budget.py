from ingest.budget import ByteBudget


def test_what_is_in_hand_never_exceeds_the_limit_and_is_given_back() -> None:
    budget = ByteBudget(100)
    with budget.reserving(60) as first:
        with budget.reserving(40) as second, budget.reserving(1) as third:
            assert (first, second, third) == (True, True, False)
        with budget.reserving(40) as again:
            assert again
    assert budget.reserved == 0


def test_a_body_larger_than_the_limit_is_taken_alone() -> None:
    budget = ByteBudget(100)
    with budget.reserving(200) as large, budget.reserving(1) as other:
        assert (large, other) == (True, False)
