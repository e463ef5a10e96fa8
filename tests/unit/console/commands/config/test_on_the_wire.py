"""A connection to another machine that is not safe on the way is warned of, and no other."""

import pytest

from console.commands.config.on_the_wire import exposed
from shared.configuration import load

SAFE = [
    {"amqp_url": "amqp://u:hunter2@127.0.0.1:5672/"},
    {"amqp_url": "amqp://localhost/"},
    {"amqp_url": "amqp://[::1]/"},
    {"amqp_url": "amqps://u:hunter2@broker/"},
    {"amqp_url": "amqps://broker/?no_verify_ssl=0"},
    {"database_url": "postgresql://u:hunter2@127.0.0.1/events"},
    {"database_url": "postgresql://[::1]:5432/events?sslmode=prefer"},
    {"database_url": "postgresql:///events"},
    {"database_url": "postgresql:///events?host=/run/postgresql"},
    {"database_url": "postgresql://%2Frun%2Fpostgresql/events"},
    {"database_url": "postgresql://db/events?sslmode=verify-full"},
    {"database_url": "postgresql://db/events?sslmode=verify-ca"},
]
WARNED = {
    "amqp://u:hunter2@broker:5672/": "AMQP_URL: it leads to broker without TLS; say amqps://",
    "amqps://u:hunter2@broker/?no_verify_ssl=1": (
        "AMQP_URL: no_verify_ssl=1 believes any certificate"
    ),
    "postgresql://u:hunter2@db/events": "without sslmode, which tries TLS, verifies nothing",
    "postgresql://db/events?sslmode=prefer": "with sslmode=prefer, which verifies nothing",
    "postgresql://db/events?sslmode=require": "with sslmode=require, which believes any",
    "postgresql://db/events?sslmode=disable": "with sslmode=disable, without TLS",
    "postgresql://127.0.0.1:1,db:2/events": "it leads to db without sslmode",
    "postgresql:///events?host=db": "it leads to db without sslmode",
}


@pytest.mark.parametrize("settings", SAFE, ids=lambda one: next(iter(one.values())))
def test_what_is_safe_is_not_warned_of(settings: dict[str, str]) -> None:
    assert exposed(load(**settings)) == []


@pytest.mark.parametrize(("url", "says"), WARNED.items(), ids=WARNED)
def test_what_is_not_safe_is_one_line(url: str, says: str) -> None:
    setting = "amqp_url" if url.startswith("amqp") else "database_url"
    (line,) = exposed(load(**{setting: url}))
    assert says in line
    assert "hunter2" not in line


def test_the_environment_of_postgres_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert exposed(load(database_url="postgresql://db/events")) == []
    monkeypatch.setenv("PGSSLMODE", "prefer")
    monkeypatch.setenv("PGHOST", "db")
    assert "leads to db with sslmode=prefer" in exposed(load(database_url="postgresql:///x"))[0]
