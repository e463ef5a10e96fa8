from pathlib import Path

import pytest

from shared.configuration import SettingsError, load
from shared.forward_settings import Sink
from shared.settings import Settings


def test_every_process_listens_on_loopback_unless_told_otherwise() -> None:
    fields = Settings.model_fields
    listens = {name: field.default for name, field in fields.items() if name.endswith("_listen")}
    assert set(listens) == {
        f"{one}_listen"
        for one in ("console", "exporter", "forward", "geo_serve", "geo_sync", "ingest", "worker")
    }
    assert {address.rpartition(":")[0] for address in listens.values()} == {"127.0.0.1"}


def test_a_token_a_line_or_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_TOKENS", "old,  new\nnewest\n")
    assert [token.get_secret_value() for token in load().tokens] == ["old", "new", "newest"]


def test_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("old\nnew\n")
    (tmp_path / "url").write_text("amqp://user:pass@broker/\n")
    monkeypatch.setenv("REGISTRY_EVENTS_TOKENS_FILE", str(tmp_path / "tokens"))
    monkeypatch.setenv("AMQP_URL_FILE", str(tmp_path / "url"))
    settings = load(("amqp_url", "tokens"))
    assert [token.get_secret_value() for token in settings.tokens] == ["old", "new"]
    assert settings.amqp_url
    assert settings.amqp_url.get_secret_value() == "amqp://user:pass@broker/"


def test_every_fault_is_listed_at_once_and_no_secret_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "AMQP_URL": "http://user:hunter2@broker",
        "REGISTRY_EVENTS_INGEST_LISTEN": "8080",
        "REGISTRY_EVENTS_INGEST_DEADLINE": "0",
        "REGISTRY_EVENTS_WORKER_BATCH_SIZE": "many",
        "REGISTRY_EVENTS_CATALOGUE_MODE": "guess",
        "REGISTRY_EVENTS_TOKEN": "a typo",
        "REGISTRY_EVENTS_TOKENS": "hunter2",
        "REGISTRY_EVENTS_TOKENS_FILE": str(tmp_path / "absent"),
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load(("database_url",))
    named = {fault.partition(":")[0] for fault in caught.value.faults}
    assert named >= {
        "AMQP_URL",
        "REGISTRY_EVENTS_INGEST_LISTEN",
        "REGISTRY_EVENTS_INGEST_DEADLINE",
        "REGISTRY_EVENTS_WORKER_BATCH_SIZE",
        "REGISTRY_EVENTS_CATALOGUE_MODE",
        "REGISTRY_EVENTS_TOKEN",
        "REGISTRY_EVENTS_TOKENS",
        "REGISTRY_EVENTS_TOKENS_FILE",
        "DATABASE_URL",
    }
    assert "hunter2" not in str(caught.value)


def test_what_kubernetes_injects_for_a_service_of_our_name_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "REGISTRY_EVENTS_INGEST_SERVICE_HOST": "10.0.0.1",
        "REGISTRY_EVENTS_INGEST_SERVICE_PORT_HTTP": "8080",
        "REGISTRY_EVENTS_INGEST_PORT": "tcp://10.0.0.1:8080",
        "REGISTRY_EVENTS_INGEST_PORT_8080_TCP_ADDR": "10.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    assert load().ingest_listen == "127.0.0.1:8080"


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_INGEST_LISTEN", "127.0.0.1:1")
    assert load(ingest_listen="127.0.0.1:2").ingest_listen == "127.0.0.1:2"
    assert load(ingest_listen=None).ingest_listen == "127.0.0.1:1"


@pytest.mark.parametrize(
    "urls", ["worker:8081", "ftp://worker", "http://", "http://user:hunter2@worker:8081"]
)
def test_services_of_the_console_are_plain_http_urls(
    monkeypatch: pytest.MonkeyPatch, urls: str
) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_CONSOLE_SERVICES", f"http://ingest:8080, {urls}")
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == (
        "REGISTRY_EVENTS_CONSOLE_SERVICES: must be http://HOST:PORT, several separated by commas"
    )


def test_postgres_may_have_several_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@a:5432,b:5433/events")
    assert load().database_url


@pytest.mark.parametrize("password", ["b/c", "b#c", "b[c"])
def test_a_password_that_is_not_encoded_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("AMQP_URL", f"amqp://a:{password}@127.0.0.1:1/")
    with pytest.raises(SettingsError, match="percent-encoded"):
        load()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(
            {"console_tokens": "one,two", "console_view_tokens": "two"},
            "REGISTRY_EVENTS_CONSOLE_VIEW_TOKENS: a token stands in REGISTRY_EVENTS_CONSOLE_TOKENS "
            "too; may who holds it act?",
            id="token-in-both",
        ),
        pytest.param(
            {"console_acting_users": "anna"},
            "REGISTRY_EVENTS_CONSOLE_ACTING_USERS: without "
            "REGISTRY_EVENTS_CONSOLE_PROXY_USER_HEADER nobody names a user to the console",
            id="users-without-proxy",
        ),
        pytest.param(
            {"console_acting_users": " , ", "console_proxy_user_header": "X-User"},
            "REGISTRY_EVENTS_CONSOLE_ACTING_USERS: it names nobody; leave it out if all may act",
            id="no-user",
        ),
    ],
)
def test_roles_that_contradict_each_other_are_a_fault(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**given)
    assert list(refused.value.faults) == [says]


def test_no_body_may_be_larger_than_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_INGEST_MAX_BODY_BYTES", "16777217")
    with pytest.raises(SettingsError, match=r"INGEST_MAX_BODY_BYTES: .* equal to 16777216"):
        load()


def test_viewers_and_actors_may_stand_beside_each_other() -> None:
    load(console_tokens="one", console_view_tokens="two")
    load(console_acting_users="anna", console_proxy_user_header="X-User")


@pytest.mark.parametrize("header", ["hunter2", "Authorization hunter2", "X: hunter2\r\nY: z", "X:"])
def test_what_is_no_header_is_not_shown_either(
    monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_FORWARD_CLOUDEVENTS_HEADER", header)
    with pytest.raises(SettingsError, match="HEADER: must be NAME: VALUE") as caught:
        load()
    assert "hunter2" not in str(caught.value)


def test_a_sink_that_is_named_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_EVENTS_FORWARD", " snowplow,cloudevents,,snowplow")
    assert load().forward == (Sink.SNOWPLOW, Sink.CLOUDEVENTS)
