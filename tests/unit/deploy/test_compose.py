import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from geo.serving import app as geo_serve
from shared.configuration import FILE_SUFFIX, load, variable
from shared.settings import Settings
from tests.unit.deploy.shipped import COMPOSE, DEPLOY, our_services, seconds

_REQUIRED = {
    "console": ("amqp_url", "database_url", "console_tokens", "console_view_tokens"),
    "exporter": ("amqp_url", "database_url"),
    "forward": ("database_url", "forward_snowplow_url"),
    "geo-serve": ("database_url",),
    "geo-sync": ("database_url", "registry_auth_file"),
    "ingest": ("amqp_url", "tokens"),
    "maintain": ("database_url",),
    "migrate": ("database_url",),
    "reconcile": ("amqp_url", "database_url"),
    "worker": ("amqp_url", "database_url"),
}
_MOUNTED = "/run/secrets/"
_OF_IMAGES = {"image", "build"}


def _make(place: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(place / "make-secrets.sh")]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The secrets of a new installation."""
    for name in ("make-secrets.sh", "registry.yml"):
        shutil.copy(DEPLOY / name, tmp_path)
    done = _make(tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "secrets"


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
    name: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one, value in our_services()[name]["environment"].items():
        monkeypatch.setenv(one, value.replace(_MOUNTED, f"{made}/"))
    load(_REQUIRED[name])


@pytest.mark.parametrize("name", _REQUIRED)
def test_a_process_gets_no_secret_that_it_does_not_need(name: str) -> None:
    service = our_services()[name]
    assert set(service["secrets"]) == set(_REQUIRED[name])
    files = {
        # What is a file anyway has the suffix already.
        variable(field).removesuffix(FILE_SUFFIX) + FILE_SUFFIX: _MOUNTED + field
        for field in _REQUIRED[name]
    }
    assert files.items() <= service["environment"].items()


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_secret_stands_in_a_variable(name: str) -> None:
    service = COMPOSE["services"][name]
    named = [
        one
        for one in service.get("environment", {})
        if re.search("PASS|URL|TOKEN", one) and not one.endswith(FILE_SUFFIX)
    ]
    assert named == []
    assert "${" not in str([value for key, value in service.items() if key not in _OF_IMAGES])


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_secret_of_a_service_is_made(name: str, made: Path) -> None:
    for one in COMPOSE["services"][name].get("secrets", ()):
        source = one if isinstance(one, str) else one["source"]
        assert COMPOSE["secrets"][source] == {"file": f"secrets/{source}"}
        assert (made / source).read_text().strip()


def test_only_their_owner_reaches_the_secrets_and_containers_can_read_them(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()}
    assert modes == dict.fromkeys(COMPOSE["secrets"], 0o444)
    assert "secrets/" in (DEPLOY / ".gitignore").read_text().splitlines()


def test_both_ends_get_the_same_secret(made: Path) -> None:
    texts = {path.name: path.read_text().strip() for path in made.iterdir()}
    assert f":{texts['postgres_password']}@postgres:" in texts["database_url"]
    password = texts["rabbitmq.conf"].removeprefix("default_pass = ")
    assert f":{password}@rabbitmq:" in texts["amqp_url"]
    assert f'["Bearer {texts["tokens"]}"]' in texts["registry.yml"]
    assert (
        len({texts["postgres_password"], password, texts["tokens"], texts["console_tokens"]}) == 4
    )


def test_secrets_that_are_there_stay(made: Path) -> None:
    before = {path.name: path.read_text() for path in made.iterdir()}
    assert _make(made.parent).returncode != 0
    assert {path.name: path.read_text() for path in made.iterdir()} == before


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for one in COMPOSE["services"].values() for port in one.get("ports", ())]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("exporter", "/health/live"),
        ("forward", "/health/ready"),
        ("geo-serve", "/health/ready"),
        ("geo-sync", "/health/ready"),
        ("ingest", "/health/ready"),
        ("worker", "/health/ready"),
        ("console", "/static/console.css"),
    ],
)
def test_health_is_asked_for_where_the_process_listens(name: str, path: str) -> None:
    service = our_services()[name]
    listen = f"REGISTRY_EVENTS_{name.upper().replace('-', '_')}_LISTEN"
    port = service["environment"][listen].rpartition(":")[2]
    *_, code = service["healthcheck"]["test"]
    assert f"urlopen('http://127.0.0.1:{port}{path}'" in code


def test_workers_scale() -> None:
    assert not {"container_name", "hostname", "ports"} & set(COMPOSE["services"]["worker"])


def test_a_worker_may_drain_before_it_is_killed() -> None:
    drain = Settings.model_construct().worker_drain_timeout
    assert seconds(COMPOSE["services"]["worker"]["stop_grace_period"]) > drain


def test_a_forward_may_hear_an_answer_before_it_is_killed() -> None:
    forward = COMPOSE["services"]["forward"]
    assert seconds(forward["stop_grace_period"]) > Settings.model_construct().forward_timeout
    # Not every installation has a collector.
    assert forward["profiles"] == ["forward"]


def test_the_geo_service_may_answer_what_is_in_hand_before_it_is_killed() -> None:
    serve = COMPOSE["services"]["geo-serve"]
    assert seconds(serve["stop_grace_period"]) > geo_serve.DRAIN_TIMEOUT
    # Not every installation has other sites.
    assert serve["profiles"] == ["geo"]


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


def test_what_others_containers_are_given_of_ours_is_here() -> None:
    services = COMPOSE["services"].values()
    given = [one for service in services for one in service.get("volumes", ())]
    files = [str(one).partition(":")[0] for one in given if str(one).startswith("./")]
    assert "./rabbitmq/rabbitmq.conf" in files
    assert [one for one in files if not (DEPLOY / one).is_file()] == []
