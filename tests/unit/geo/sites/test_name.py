import pytest

from geo.sites.name import is_name


@pytest.mark.parametrize("name", ["lima", "eu-west.1", "9", "A_b", "x" * 63])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".lima", "-x", "a/b", "a b", "lima\n", "l\u00edma", "\x1b[2J", "x" * 64],
    ids=["empty", "dot", "dash", "slash", "blank", "line", "accent", "escape", "long"],
)
def test_what_names_no_site(name: str) -> None:
    assert not is_name(name)
