"""What templates make of values: shown, never obeyed."""

import pytest

from console.web.template import new_environment


def show(template: str, **values: object) -> str:
    return new_environment().from_string(template).render(**values)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("\u202egpj.exe\u200f", "\\u202egpj.exe\\u200f"),
        ("\x1b[2J\x07\r\n\t\x00", "\\x1b[2J\\x07\\x0d\\x0a\\x09\\x00"),
        ("\udc80", "\\udc80"),
        ("größer 日本", "größer 日本"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
    ],
)
def test_texts_are_escaped_wherever_they_stand(text: str, shown: str) -> None:
    assert show("{{ text }}", text=text) == shown
    assert show('<i title="{{ text }}">', text=text) == f'<i title="{shown}">'
    assert show("{{ text | code }}", text=text) == shown
    assert show("{{ text ~ '' }}", text=text) == shown
    assert show("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(text) }}", text=text) == shown


def test_code_between_backticks() -> None:
    assert show("{{ text | code }}", text="run `a <b>`!") == "run <code>a &lt;b&gt;</code>!"


def test_long_texts_are_cut() -> None:
    assert len(show("{{ text }}", text="x" * 1_000_000)) == 2_001


def test_queries_carry_anything() -> None:
    pairs = {"a": "x&y=\u202e", "b": ["1", "2"]}
    assert show("{{ pairs | query }}", pairs=pairs) == "a=x%26y%3D%E2%80%AE&amp;b=1&amp;b=2"
    assert show("{{ pairs | query }}", pairs={"a": "\udc80"}) == "a=%3F"
    assert show("{{ pairs | query }}", pairs={"a": "x" * 5_000}) == "a=" + "x" * 5_000
