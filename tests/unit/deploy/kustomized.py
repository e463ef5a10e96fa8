"""Our kustomizations, assembled by a strict reader of the few words that they use.

For where no kubectl is; where one is, `test_kustomize.py` holds it against this. It knows
resources, components, images, and patches (RFC 6902) that add, replace or remove. Anything else
(namespaces, generators, labels, replacements, other patches, remote bases) it refuses, and it
neither sorts nor checks a document.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

Document = dict[str, Any]

_ROOT: Final = Path(__file__).parents[3] / "deploy" / "kubernetes"
BASE: Final = _ROOT / "base"
OVERLAYS: Final = sorted(path.parent for path in (_ROOT / "overlays").glob("*/kustomization.yaml"))
# Of an overlay that has them all; the image last, as it says itself.
COMPONENTS: Final = sorted(
    (path.parent for path in (_ROOT / "components").glob("*/kustomization.yaml")),
    key=lambda path: (path.name == "image", path.name),
)
_WORDS: Final = {"apiVersion", "kind", "resources", "components", "images", "patches"}


@cache
def everything() -> tuple[Document, ...]:
    """The base with every component."""
    documents = built(BASE)
    for component in COMPONENTS:
        _extend(documents, component)
    return tuple(documents)


def built(directory: Path) -> list[Document]:
    """What `kubectl kustomize` makes of a directory, in another order."""
    documents: list[Document] = []
    _extend(documents, directory)
    return documents


def template(document: Document) -> Document:
    """The pod template of a Deployment, Job or CronJob."""
    spec = document["spec"]
    found: Document = spec.get("jobTemplate", {}).get("spec", spec)["template"]
    return found


def _extend(documents: list[Document], directory: Path) -> None:
    read = yaml.safe_load((directory / "kustomization.yaml").read_text())
    assert read.keys() <= _WORDS, f"{directory.name}: only kubectl knows {read.keys() - _WORDS}"
    for resource in read.get("resources", ()):
        path = directory / resource
        if path.is_dir():
            _extend(documents, path)
        else:
            documents += yaml.safe_load_all(path.read_text())
    for component in read.get("components", ()):
        _extend(documents, directory / component)
    for patch in read.get("patches", ()):
        _patch(documents, **patch)
    for image in read.get("images", ()):
        _rename(documents, image)


def _patch(documents: list[Document], *, target: Mapping[str, str], patch: str) -> None:
    (document,) = (
        one
        for one in documents
        if (one["kind"], one["metadata"]["name"]) == (target["kind"], target["name"])
    )
    for operation in yaml.safe_load(patch):
        *parents, field = (one.replace("~1", "/") for one in operation["path"][1:].split("/"))
        place: Any = document
        for parent in parents:
            place = place[int(parent) if isinstance(place, list) else parent]
        if isinstance(place, list):
            assert (operation["op"], field) == ("add", "-")
            place.append(operation["value"])
        elif operation["op"] == "remove":
            assert operation.keys() == {"op", "path"}
            del place[field]
        else:
            assert {"add": field not in place, "replace": field in place}[operation["op"]]
            place[field] = operation["value"]


def _rename(documents: list[Document], image: Mapping[str, str]) -> None:
    for container in _containers(documents):
        if container["image"] == image["name"]:
            container["image"] = f"{image['newName']}:{image['newTag']}"


def _containers(documents: list[Document]) -> Iterator[Document]:
    for document in documents:
        if document["kind"] in {"CronJob", "Deployment", "Job"}:
            yield from template(document)["spec"]["containers"]
