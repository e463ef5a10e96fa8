"""What is explained of a sample is what the sample expects."""

import json
from pathlib import Path

import pytest

from console.explanation.registries import LABELS, explain
from console.explanation.request import from_document
from tests.unit.console.explanation.samples import DATA, SAMPLES, expected, name


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_a_sample_becomes_what_it_expects(path: Path) -> None:
    sample = json.loads(path.read_text())
    explanation = explain(path.parent.name, from_document(path.read_bytes()))
    assert explanation.document() == expected(sample)
    assert explanation.answer == sample.get("expect_response", {}).get("json")


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_no_secret_of_a_sample_is_shown(path: Path) -> None:
    sample = json.loads(path.read_text())
    told = json.dumps(explain(path.parent.name, from_document(path.read_bytes())).document())
    assert sample["auth"].get("value", "s3cret-for-tests") not in told
    assert "s3cret-for-tests" not in told


def test_every_folder_of_samples_is_explained() -> None:
    assert {one.name for one in DATA.iterdir()} >= set(LABELS) - {"distribution"}
