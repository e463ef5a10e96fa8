import re
import tomllib

from tests.unit.deploy.shipped import (
    COMPOSE,
    DEPLOY,
    OUR_IMAGE,
    ROOT,
    our_services,
    pods,
)

_VARIABLE = re.compile(r"\$\{(\w+):-([^}]+)\}")
_LINES = (DEPLOY / "Containerfile").read_text().splitlines()


def _copied() -> list[str]:
    """Sources in the repository, without those that come from another stage."""
    copies = [line.split()[1:-1] for line in _LINES if line.startswith("COPY ")]
    return [source for sources in copies for source in sources if "--from" not in sources[0]]


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    allowed = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert _copied()
    for source in _copied():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed


def test_every_package_of_the_wheel_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {f"{package}/" for package in packages} <= set(_copied())


def test_every_text_that_the_wheel_names_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {project["readme"], *project["license-files"]} <= set(_copied())


def test_the_image_does_not_run_as_root() -> None:
    assert [line for line in _LINES if line.startswith("USER ")][-1] == "USER 65532:65532"


def test_what_is_installed_is_locked() -> None:
    lines = "\n".join(_LINES).replace("\\\n", " ").splitlines()
    installs = [line for line in lines if " pip " in line and " install " in line]
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-index" in install


def test_what_is_installed_has_the_extra_that_checks_tokens() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [re.split(r"[\[>=<]", one)[0] for one in project["optional-dependencies"]["oidc"]]
    locked = re.findall(r"^([\w-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert {*wanted, "cryptography"} <= set(locked)


def _foreign() -> dict[str, str]:
    """The images of others, by the variable in which an operator can name another, by digest."""
    named = [service["image"] for service in COMPOSE["services"].values()]
    named += [service["build"]["args"]["PYTHON_IMAGE"] for service in our_services().values()]
    found = [_VARIABLE.fullmatch(image) for image in named if image != OUR_IMAGE]
    assert all(found), named
    return {match[1]: match[2] for match in found if match}


def test_an_operator_can_name_every_image_by_digest() -> None:
    assert set(_foreign()) == {"POSTGRES_IMAGE", "PYTHON_IMAGE", "RABBITMQ_IMAGE", "REGISTRY_IMAGE"}
    assert {line.split()[1] for line in _LINES if line.startswith("FROM ")} == {"${PYTHON_IMAGE}"}
    assert f"ARG PYTHON_IMAGE={_foreign()['PYTHON_IMAGE']}" in _LINES
    readme = (DEPLOY / "README.md").read_text()
    assert [name for name in _foreign() if f"`{name}" not in readme] == []


def test_images_are_named_with_a_version() -> None:
    images = [one["image"] for pod in pods().values() for one in pod["containers"]]
    for image in [*images, *_foreign().values()]:
        name, _, tag = image.rpartition(":")
        assert name, image
        assert tag != "latest"


def test_our_image_has_the_version_of_the_program() -> None:
    ours = {service["image"] for service in our_services().values()}
    ours |= {one["image"] for pod in pods().values() for one in pod["containers"]}
    assert ours == {OUR_IMAGE}
