from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.registry.challenge import Challenge, challenges

WORDS = st.text("abcXYZ019!#$%&'*+.^_`|~-", min_size=1, max_size=8)
NAMES = st.text("abcdefxyz", min_size=1, max_size=8)
TEXTS = st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=12)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            [
                'Bearer realm="https://auth.example/token",service="x",scope="repository:a:pull,push"'
            ],
            [
                Challenge(
                    "bearer",
                    {
                        "realm": "https://auth.example/token",
                        "service": "x",
                        "scope": "repository:a:pull,push",
                    },
                )
            ],
            id="a token",
        ),
        pytest.param(['Basic realm="r"'], [Challenge("basic", {"realm": "r"})], id="a login"),
        pytest.param(["Basic"], [Challenge("basic", {})], id="no parameter"),
        pytest.param(
            ['BASIC REALM = "a, b" , charset=UTF-8, Bearer realm="c"'],
            [
                Challenge("basic", {"realm": "a, b", "charset": "UTF-8"}),
                Challenge("bearer", {"realm": "c"}),
            ],
            id="two in one header",
        ),
        pytest.param(
            ["Negotiate", 'Basic realm="r"'],
            [Challenge("negotiate", {}), Challenge("basic", {"realm": "r"})],
            id="two headers",
        ),
        pytest.param(
            ['Negotiate YII=, Basic realm="r"'],
            [Challenge("negotiate", {}), Challenge("basic", {"realm": "r"})],
            id="a token of its own",
        ),
        pytest.param(
            ['Bearer realm="one",realm="two"'], [Challenge("bearer", {"realm": "one"})], id="twice"
        ),
        pytest.param(['Bearer realm="never closed'], [Challenge("bearer", {})], id="not closed"),
        pytest.param(["", " , ", "=", '"x"'], [], id="nothing"),
    ],
)
def test_challenges(headers: list[str], expected: list[Challenge]) -> None:
    assert challenges(headers) == expected


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@given(st.lists(st.tuples(WORDS, st.dictionaries(NAMES, TEXTS, min_size=1)), max_size=4))
def test_whatever_is_quoted_is_read_as_it_was(wanted: list[tuple[str, Mapping[str, str]]]) -> None:
    header = ", ".join(
        f"{scheme} " + ", ".join(f"{name}={quoted(value)}" for name, value in parameters.items())
        for scheme, parameters in wanted
    )
    assert challenges([header]) == [
        Challenge(scheme.lower(), parameters) for scheme, parameters in wanted
    ]


@given(st.text('aB=,"\\ \t;/~1', max_size=40) | st.text())
def test_any_text_is_read_without_a_fault(header: str) -> None:
    for one in challenges([header]):
        assert one.scheme
