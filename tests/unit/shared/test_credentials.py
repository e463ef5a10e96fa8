import json
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credentials import MASK, masked

TOKEN = "eyJhbGciOiJub25lIn0.eyJub3RlIjoiaW52ZW50ZWQifQ."
CONFIRM = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
LARGE = 1024 * 1024


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TOKEN, MASK),
        (f"no row for '{TOKEN}', sorry", f"no row for '{MASK}', sorry"),
        (f"{TOKEN[:-1]}.c2ln.YQ.Yg more", f"{MASK} more"),
        (f"glued:x{TOKEN}", f"glued:x{MASK}"),
        (f"cut short: {TOKEN[:25]}…", f"cut short: {MASK}…"),
        ("eyJh.eyJi.c2ln", MASK),
        ("eyJhdXRocyI6eyJyZWdpc3RyeSI6e319fQ==", MASK),
        ("Bearer secret", f"Bearer {MASK}"),
        ("Authorization: Basic dXNlcjpwYXNz", f"Authorization: Basic {MASK}"),
        ('{"x": "bearer  s3cret"}', f'{{"x": "bearer  {MASK}"}}'),
        ("token abcDEF", f"token {MASK}"),
        ("Negotiate YII=", f"Negotiate {MASK}"),
        ('Digest username="a b", nc=1, response="c", then', f"Digest {MASK}, then"),
        (r"\"Digest username=\"a\", qop=\"b\"\", then", rf"\"Digest {MASK}\", then"),
        ("amqp://user:p@ss/w?rd#@host:5672/v", f"amqp://{MASK}@host:5672/v"),
        (
            "open https://sns.x.amazonaws.com/?Action=Publish&a",
            f"open https://sns.x.amazonaws.com/?{MASK}",
        ),
        (f"open {CONFIRM}#x", f"open https://sns.eu-west-1.amazonaws.com/?{MASK}"),
        (
            f"open {CONFIRM.replace('sns.', 'u:p@sns.')}",
            f"open https://{MASK}@sns.eu-west-1.amazonaws.com/?{MASK}",
        ),
        ("see https://host/a?sig=x and b?", f"see https://host/a?{MASK} and b?"),
    ],
)
def test_what_opens_a_door_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"open {CONFIRM}",
        "no row for team/app",
        "target.repository: is no path: A//B",
        "http://registry.example:5000/v2/a/manifests/sha256:abab",
        "eyprod.azurecr.io/team/keyIndex.a.b:framework-1.2.3",
        "digest sha256:9f3cab129f3cab12 is unknown",
        "Token is expired, bearer token and basic authentication failed: unexpected token ','",
        "320678d8-ca14-430f-8bb6-4ca139cd83f7",
    ],
)
def test_what_opens_none_stays(text: str) -> None:
    assert masked(text) == text


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), min_size=1), st.integers(0, 4))
def test_whatever_a_token_holds(header: dict[str, str], indent: int) -> None:
    first = encoded(json.dumps(header, indent=indent or None).encode())
    for token in (f"{first}.e30.c2ln", f"{first}...."):
        assert masked(f"got <{token}>") == f"got <{MASK}>"


@given(st.text(min_size=1), st.text())
def test_whatever_a_user_and_a_password_are(user: str, password: str) -> None:
    credentials = b64encode(f"{user}:{password}".encode()).decode()
    assert masked(f"'Basic {credentials}'") == f"'Basic {MASK}'"


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ",
        "eyJ.",
        ".ewo",
        "Bearer ",
        "token ",
        'Digest a="',
        'Digest a1="b\\',
        "://",
        "://@",
        " ",
    ],
)
@pytest.mark.parametrize("start", ["", "eyJ", "Digest abc123 a=", "Bearer", "://a"])
def test_a_hostile_text_of_any_size_is_read(start: str, piece: str) -> None:
    text = start + piece * (LARGE // len(piece)) + ", Bearer s3cret"
    assert "s3cret" not in masked(text)
