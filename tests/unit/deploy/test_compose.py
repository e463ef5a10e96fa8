import re

import pytest

from shared.configuration import SECRETS, load, variable
from shared.settings import Settings
from tests.unit.deploy.shipped import COMPOSE, our_services, seconds

_REQUIRED = {
    "console": ("amqp_url", "database_url", "console_tokens"),
    "ingest": ("amqp_url", "tokens"),
    "migrate": ("database_url",),
    "worker": ("amqp_url", "database_url"),
}


def test_each_process_has_a_service() -> None:
    assert set(our_services()) == set(_REQUIRED)


@pytest.mark.parametrize("name", _REQUIRED)
def test_our_services_run_without_privileges(name: str) -> None:
    service = our_services()[name]
    assert service["user"] == "65532:65532"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108  the container's own


@pytest.mark.parametrize("name", _REQUIRED)
def test_the_environment_is_one_that_the_process_can_use(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one, value in our_services()[name]["environment"].items():
        monkeypatch.setenv(one, re.sub(r"\$\{\w+:\?[^}]*\}", "given", value))
    load(_REQUIRED[name])


@pytest.mark.parametrize("name", _REQUIRED)
def test_a_process_gets_no_secret_that_it_does_not_need(name: str) -> None:
    environment = our_services()[name]["environment"]
    secrets = {variable(field) for field in SECRETS} & set(environment)
    assert secrets == {variable(field) for field in _REQUIRED[name]}


def test_no_secret_has_a_default() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASS|URL|TOKENS", name):
                assert re.search(r"\$\{\w+:\?", value), name


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for one in COMPOSE["services"].values() for port in one.get("ports", ())]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize(
    ("name", "path"),
    [("ingest", "/health/ready"), ("worker", "/health/ready"), ("console", "/static/console.css")],
)
def test_health_is_asked_for_where_the_process_listens(name: str, path: str) -> None:
    service = our_services()[name]
    port = service["environment"][f"REGISTRY_EVENTS_{name.upper()}_LISTEN"].rpartition(":")[2]
    *_, code = service["healthcheck"]["test"]
    assert f"urlopen('http://127.0.0.1:{port}{path}'" in code


def test_workers_scale() -> None:
    assert not {"container_name", "hostname", "ports"} & set(COMPOSE["services"]["worker"])


def test_a_worker_may_drain_before_it_is_killed() -> None:
    drain = Settings.model_construct().worker_drain_timeout
    assert seconds(COMPOSE["services"]["worker"]["stop_grace_period"]) > drain


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_starts_after_what_it_needs_is_usable(name: str) -> None:
    services = COMPOSE["services"]
    for other, how in services[name].get("depends_on", {}).items():
        if other == "migrate":
            assert how["condition"] == "service_completed_successfully"
        else:
            assert how["condition"] == "service_healthy"
            assert "healthcheck" in services[other]


def test_workers_wait_for_the_schema() -> None:
    assert "migrate" in COMPOSE["services"]["worker"]["depends_on"]
