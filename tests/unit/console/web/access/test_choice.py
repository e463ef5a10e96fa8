"""Who may use the console, by what is configured."""

from hashlib import sha256

import pytest
from multidict import CIMultiDict

from console.web.access.choice import Access, OpenAccess, ProxyAccess, choose
from console.web.access.form_keys import FormKeys, new_session
from console.web.access.hosts import is_loopback
from console.web.access.token import TokenAccess
from shared.configuration import load
from shared.service import StartError

HERE = "127.0.0.1"


def user(access: Access, session: str = "", **headers: str) -> str:
    return access.user(CIMultiDict(headers), session, HERE).name


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:8090", "127.0.0.1", "127.8.8.8:1", "[::1]:8090", "[::1]", "::1", "localhost:1"],
)
def test_this_machine(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0:8090",
        "[::]:8090",
        "192.0.2.1:8090",
        "example.com",
        "localhost.example.com:8090",
        "127.0.0.1.example.com",
        "127.0.0.1@example.com",
        "[::1].example.com:8090",
        "",
        ":8090",
        "2130706433",
    ],
)
def test_another_machine(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("listen", ["0.0.0.0:8090", "[::]:8090", "192.0.2.1:8090"])
def test_other_machines_need_a_token_or_a_proxy(listen: str) -> None:
    with pytest.raises(StartError) as refused:
        choose(load(), listen)
    assert str(refused.value).startswith(f"anybody who reaches {listen} could use the console: ")
    assert isinstance(choose(load(console_tokens="secret"), listen), TokenAccess)
    assert isinstance(choose(load(console_proxy_user_header="X-User"), listen), ProxyAccess)


def test_loopback_is_open_unless_a_token_or_a_proxy_is_configured() -> None:
    listen = "127.0.0.1:8090"
    assert isinstance(choose(load(), listen), OpenAccess)
    assert isinstance(choose(load(console_tokens="secret"), listen), TokenAccess)
    assert isinstance(choose(load(console_proxy_user_header="X-User"), listen), ProxyAccess)


def test_a_token_and_a_proxy_contradict_each_other() -> None:
    settings = load(console_tokens="secret", console_proxy_user_header="X-User")
    with pytest.raises(StartError, match="both"):
        choose(settings, "127.0.0.1:8090")


def test_sessions_end_and_the_oldest_make_room() -> None:
    access = choose(load(console_tokens="secret"), "127.0.0.1:8090")
    assert isinstance(access, TokenAccess)
    first = access.sign_in("secret", HERE)
    assert user(access, session=first)
    assert not user(access, session=first + "x")
    assert not user(access, session="")
    access.sign_out(first)
    assert not user(access, session=first)
    second = access.sign_in("secret", HERE)
    for _ in range(1_000):
        last = access.sign_in("secret", HERE)
    assert not user(access, session=second)
    assert user(access, session=last)
    assert access.sign_in("wrong", HERE) == ""


def test_holders_of_different_tokens_are_told_apart() -> None:
    access = choose(load(console_tokens="one,two"), "127.0.0.1:8090")
    assert isinstance(access, TokenAccess)
    one = user(access, Authorization="Bearer one")
    assert one == f"token holder {sha256(b'one').hexdigest()[:6]}"
    assert user(access, session=access.sign_in("one", HERE)) == one
    assert user(access, session=access.sign_in("two", HERE)) != one
    assert user(access, Authorization="Bearer three") == ""


def test_a_form_belongs_to_one_session_of_one_console() -> None:
    keys, session = FormKeys(), new_session()
    assert keys.fits(keys.key(session), session)
    assert not keys.fits(keys.key(session), new_session())
    assert not keys.fits(FormKeys().key(session), session)
    assert not keys.fits(keys.key(""), "")
    assert not keys.fits("é", session)
