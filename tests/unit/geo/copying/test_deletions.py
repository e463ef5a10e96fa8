import pytest

from geo.copying.deletions import Rule, Seen, refusal

WANTED = Rule(wanted=True)
VOUCHED = Rule(wanted=True, unlimited=True)


def test_a_share_of_the_tags_may_go() -> None:
    assert refusal(WANTED, Seen(source=8, target=10, surplus=2)) is None


def test_one_more_may_not() -> None:
    said = refusal(WANTED, Seen(source=7, target=10, surplus=3))
    assert said == (
        "nothing was deleted: 3 of 10 tags are more than --max-delete 20% allows, "
        "which --yes overrides"
    )


def test_unless_an_operator_vouches_for_it() -> None:
    assert refusal(VOUCHED, Seen(source=1, target=10, surplus=9)) is None


@pytest.mark.parametrize("rule", [WANTED, VOUCHED], ids=["wanted", "vouched"])
def test_an_answer_without_tags_deletes_nothing(rule: Rule) -> None:
    said = refusal(rule, Seen(source=0, target=10, surplus=1))
    assert said == "nothing was deleted (1 tag more): the source names no tags"


@pytest.mark.parametrize("rule", [WANTED, VOUCHED], ids=["wanted", "vouched"])
def test_a_tag_that_leads_nowhere_keeps_the_others(rule: Rule) -> None:
    said = refusal(rule, Seen(source=9, target=10, surplus=1, unresolved=["v7"]))
    assert said == "nothing was deleted (1 tag more): v7 leads nowhere"


def test_a_share_is_told_as_it_was_given() -> None:
    said = refusal(Rule(wanted=True, share=0.125), Seen(source=1, target=2, surplus=1))
    assert said
    assert "--max-delete 12.5% allows" in said
