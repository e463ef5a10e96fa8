"""What several processes of a service say of themselves, said as one."""

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from shared.metrics import BrokerFigures
from shared.summing_up import figures, missing


def test_processes_that_lack_the_same_are_named_together() -> None:
    lacking = {1: {"broker": "refused"}, 2: {}, 3: {"broker": "refused", "database": "slow"}}
    assert missing(lacking, {}) == {
        "broker": "processes 1, 3: refused",
        "database": "process 3: slow",
    }


def test_each_reason_names_its_process() -> None:
    lacking = {1: {"broker": "refused"}, 2: {"broker": "frozen"}}
    assert missing(lacking, {}) == {"broker": "process 1: refused; process 2: frozen"}


def test_a_process_that_does_not_answer_is_missing_itself() -> None:
    assert missing({1: {}}, {2: "no answer"}) == {"process 2": "no answer"}
    assert missing({1: {}, 2: {}}, {}) == {}


def told(count: int) -> str:
    """The /metrics of a process that has `count` dead letters."""
    mine = BrokerFigures()
    mine.dead_letters.labels("invalid_event").inc(count)
    mine.counter("strange", 'A text \\ with a "quote".', "label").labels('a"\\\nb{} 1').inc()
    mine.histogram("seconds", "Of something.", (1, 2)).observe(1.5)
    return generate_latest(mine.registry).decode()


def test_every_figure_says_whose_it_is() -> None:
    texts = {1: told(3), 2: told(4)}
    whole = list(text_string_to_metric_families(figures(texts).decode()))
    names = [family.name for family in whole]
    assert len(names) == len(set(names))
    for number, text in texts.items():
        (alone, among) = (
            {
                (sample.name, *sorted(sample.labels.items())): sample.value
                for family in families
                for sample in family.samples
                if sample.labels.pop("process", str(number)) == str(number)
            }
            for families in (list(text_string_to_metric_families(text)), whole)
        )
        assert among == alone
        assert (
            among["registry_events_dead_letters_total", ("reason", "invalid_event")] == number + 2
        )
    types = {family.name: family.type for family in whole}
    assert types["registry_events_seconds"] == "histogram"
    assert types["registry_events_dead_letters"] == "counter"


@pytest.mark.parametrize("texts", [{}, {1: ""}], ids=["nobody", "nothing"])
def test_nothing_is_no_figures(texts: dict[int, str]) -> None:
    assert figures(texts) == b""
