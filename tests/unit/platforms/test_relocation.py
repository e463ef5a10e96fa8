"""A tree with a C library of its own: a program of it runs from there, and with that one."""

import platform
import shutil
import subprocess
from pathlib import Path

from tests.platforms.relocation import interpreter, relocate

ECHO = Path("/bin/echo")


def test_a_program_runs_with_the_libraries_of_its_tree(tmp_path: Path) -> None:
    tree, home = tmp_path / "fresh", tmp_path / "its home"
    loader = interpreter(ECHO)
    library = Path("usr", "lib", f"{platform.machine()}-linux-gnu", "libc.so.6")
    for path in (Path("usr/bin/echo"), Path("usr", loader.lstrip("/")), library):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path("/", path), tree / path)
    relocate(tree, home)
    tree.rename(home)
    echo = [str(home / "bin" / "echo"), "two  words", "$HOME"]
    # The C library says which ones are loaded: the shell's, and the program's.
    done = subprocess.run(
        echo, env={"LD_DEBUG": "libs"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "two  words $HOME\n"
    assert f"calling init: {home}/{library}\n" in done.stderr


def test_scripts_learn_where_they_are(tmp_path: Path) -> None:
    script = tmp_path / "usr" / "lib" / "erlang" / "bin" / "erl"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\nROOTDIR=/usr/lib/erlang\nECHO=/usr/lib/erlang-too\n")
    relocate(tmp_path, Path("/elsewhere"))
    assert script.read_text().splitlines()[1:] == [
        "ROOTDIR=/elsewhere/usr/lib/erlang",
        "ECHO=/usr/lib/erlang-too",
    ]
