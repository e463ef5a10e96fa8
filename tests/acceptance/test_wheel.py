"""The distribution as it is installed: complete, and usable from anywhere."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "config check",
    "config show",
    "dead-letters tail",
    "forward",
    "ingest",
    "migrate",
    "up",
    "worker",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the tracked files only: what is not committed cannot help."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in call("git", "ls-files", "-z", directory=ROOT).split("\0"):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet")
    call(*pip, "--no-deps", "--no-build-isolation", "-w", str(built), ".", directory=source)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`registry-events` of a virtual environment that holds the wheel and the locked versions."""
    place = tmp_path_factory.mktemp("venv")
    # The pip of the tests installs into it, which saves installing another one there.
    call(sys.executable, "-m", "venv", "--without-pip", str(place), directory=place)
    (packages,) = place.glob("lib/python*/site-packages")
    for requirement in locked():
        lend(requirement, packages)
    pip = (*pip_of(place), "install", "--quiet", "--no-compile", "--no-deps")
    call(*pip, str(wheel), directory=place)
    return place / "bin" / "registry-events"


def locked() -> Iterator[Requirement]:
    """What `requirements.lock` would have installed here."""
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if "==" in line:
            requirement = Requirement(line.removesuffix("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement


def lend(requirement: Requirement, packages: Path) -> None:
    """Let `packages` have what the tests have of it, which came by a lock file with its hash.

    Installing all of it once more would take a minute.
    """
    found = distribution(requirement.name)
    assert requirement.specifier.contains(found.version, prereleases=True)
    # What is above is programs, which nobody runs there.
    for path in (path for path in found.files or () if path.parts[0] != ".."):
        (packages / path).parent.mkdir(parents=True, exist_ok=True)
        (packages / path).symlink_to(Path(str(path.locate())).resolve())


def pip_of(place: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"))


def call(*command: str, directory: Path) -> str:
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """The checkout must not be found by way of a variable."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


# In one process: that a command starts by itself, `--version` and others show.
HELP = r"""
import re
from click.testing import CliRunner
from console.cli import main

def helped(*command):
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0, done.output
    print(*command)
    listed = done.output.partition("\nCommands:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  (\S+)", listed, re.MULTILINE):
        helped(*command, name)

helped()
"""


@pytest.fixture(scope="module")
def helpful(program: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The commands, each of which has printed its help."""
    python, elsewhere = str(program.parent / "python"), tmp_path_factory.mktemp("elsewhere")
    return set(call(python, "-c", HELP, directory=elsewhere).splitlines())


def test_every_command_runs_from_another_directory(
    program: Path, helpful: set[str], tmp_path: Path
) -> None:
    assert helpful >= COMMANDS
    assert re.fullmatch(
        r"registry-events \S+\n", call(str(program), "--version", directory=tmp_path)
    )


ROOMS = ("console", "forward", "geo", "ingest", "shared", "worker")
ANOTHER = "print('run')\n"


def refused(program: Path, directory: Path, **variables: str) -> str:
    """What the command says, having run nothing and ended with exit code 2."""
    done = subprocess.run(
        [str(program), "--help"],
        cwd=directory,
        env=environment() | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_another_package_of_the_same_name_is_not_run(
    program: Path, tmp_path: Path, room: str
) -> None:
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").write_text(ANOTHER)
    said = refused(program, program.parent, PYTHONPATH=str(tmp_path))
    assert f"{str(tmp_path / room / '__init__.py')!r} is another program's" in said


@pytest.mark.parametrize("room", ROOMS)
def test_a_package_that_another_distribution_overwrote_is_not_run(program: Path, room: str) -> None:
    (own,) = program.parents[1].glob(f"lib/python*/site-packages/{room}/__init__.py")
    ours = own.read_text()
    try:
        own.write_text(ANOTHER)
        assert f"{str(own)!r} is another program's" in refused(program, program.parent)
    finally:
        own.write_text(ours)


def test_the_directory_of_the_user_is_not_looked_into(program: Path, tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / f"{room}.py").write_text(ANOTHER)
    assert "Usage: " in call(str(program), "--help", directory=tmp_path)


def test_the_dependencies_agree(program: Path) -> None:
    call(*pip_of(program.parents[1]), "check", directory=program.parent)


def test_every_command_has_a_manual_page(program: Path, helpful: set[str]) -> None:
    directory = program.parents[1] / "share" / "man" / "man1"
    titles = {f"registry-events {words}".strip() for words in helpful}
    pages = {path.name for path in directory.iterdir()}
    assert pages == {f"{title.replace(' ', '-')}.1" for title in titles}


@pytest.mark.parametrize(
    "reader",
    [("man", "--warnings", "-E", "UTF-8", "-l"), ("mandoc", "-Tlint", "-Wwarning")],
    ids=lambda one: one[0],
)
def test_manual_pages_can_be_read(program: Path, reader: tuple[str, ...]) -> None:
    if not shutil.which(reader[0]):
        pytest.skip(f"{reader[0]} is not here")
    directory = program.parents[1] / "share" / "man" / "man1"
    pages = sorted(map(str, directory.iterdir()))
    done = subprocess.run([*reader, *pages], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout if reader[0] == "man" else not done.stdout


def test_the_migrations_are_inside(wheel: Path) -> None:
    ours = set(call("git", "ls-files", "shared/migrations/*.sql", directory=ROOT).split())
    assert ours
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert ours <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_licence_is_inside(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        licence = archive.read(metadata.replace("METADATA", "licenses/LICENSE")).decode()
        assert "\nLicense-Expression: MIT\n" in archive.read(metadata).decode()
    assert licence == (ROOT / "LICENSE").read_text()
