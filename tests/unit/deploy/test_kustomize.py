"""What kubectl makes of our kustomizations is what the other tests read."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from tests.unit.deploy.kustomized import (
    BASE,
    COMPONENTS,
    OVERLAYS,
    Document,
    built,
    everything,
    template,
)
from tests.unit.deploy.shipped import DEPLOY


@pytest.fixture(scope="module")
def kubectl() -> str:
    """One whose kustomize knows components: Debian 12 has none that does."""
    if found := shutil.which("kubectl"):
        version = json.loads(_asked(found, "version", "--client", "--output", "json"))
        if version.get("kustomizeVersion", "v0") >= "v5":
            return found
    pytest.skip("kubectl 1.27 or newer is not installed")


def _asked(kubectl: str, *arguments: str) -> str:
    command = [kubectl, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _by_name(documents: Iterable[Document]) -> dict[tuple[str, str], Document]:
    return {(one["kind"], one["metadata"]["name"]): one for one in documents}


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_overlays_are_what_kubectl_makes_of_them(kubectl: str, overlay: Path) -> None:
    made = yaml.safe_load_all(_asked(kubectl, "kustomize", str(overlay)))
    assert _by_name(made) == _by_name(built(overlay))


def test_all_components_go_together(kubectl: str, tmp_path: Path) -> None:
    words = {
        "namespace": "ours",
        "resources": [os.path.relpath(BASE, tmp_path.resolve())],
        "components": [os.path.relpath(one, tmp_path.resolve()) for one in COMPONENTS],
    }
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(words))
    made = _by_name(yaml.safe_load_all(_asked(kubectl, "kustomize", str(tmp_path))))
    assert {one["metadata"].pop("namespace") for one in made.values()} == {"ours"}
    assert made == _by_name(everything())


def test_the_overlay_that_the_page_shows_can_be_built(kubectl: str, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    shutil.copytree(DEPLOY / "kubernetes", tmp_path, dirs_exist_ok=True)
    mine = tmp_path / "overlays" / "mine"
    mine.mkdir()
    (mine / "kustomization.yaml").write_text(shown)
    made = _by_name(yaml.safe_load_all(_asked(kubectl, "kustomize", str(mine))))
    (ingest,) = template(made["Deployment", "registry-events-ingest"])["spec"]["containers"]
    assert ingest["env"][-1] == {"name": "REGISTRY_EVENTS_PULLS", "value": "true"}
    assert (
        made["Deployment", "registry-events-worker"]["metadata"]["namespace"] == "registry-events"
    )


def test_each_overlay_names_the_image_last() -> None:
    for overlay in OVERLAYS:
        read = yaml.safe_load((overlay / "kustomization.yaml").read_text())
        assert read["components"][-1] == "../../components/image"


def test_words_that_the_reader_does_not_know_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("{resources: [], namePrefix: a-}")
    with pytest.raises(AssertionError, match="namePrefix"):
        built(tmp_path)
