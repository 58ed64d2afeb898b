"""From the registry and hand-written sentences to what Rasa trains on."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.contracts import ConfigError, Direction, Intent, IntentName, Unavailable
from assistant.understanding import training
from assistant.understanding.labels import intent_of, label_of
from assistant.understanding.sentences import Labelled, blind, handwritten, read_intent
from assistant.understanding.shell import generated_domain, generated_rules
from assistant.understanding.training import digest, gazetteer, nlu_yaml, train, training_sentences
from content_registry.jamo import compact
from content_registry.schema import Registry

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "nlu_data"
REAL_POPEN = subprocess.Popen


@pytest.fixture(scope="module")
def lines(registry: Registry) -> list[Labelled]:
    return training_sentences(registry, DATA)


def test_every_panel_and_every_command_is_taught(registry: Registry, lines: list[Labelled]) -> None:
    labels = {line.label for line in lines}
    assert {f"panel.{panel}" for panel in registry.panels} <= labels
    by_direction = {"show_panel", "ask_value", "navigate", "zoom", "rotation", "private_mode"}
    wanted = {n.value for n in IntentName} - by_direction - {"hands"}  # which is said in closed words alone
    assert wanted <= labels
    assert {f"navigate.{d}" for d in ("back", "home", "next", "previous", "up", "down", "hold", "release")} <= labels
    assert {"zoom.in", "zoom.out", "zoom.reset", "rotation.on", "rotation.off"} <= labels
    assert {"private_mode.on", "private_mode.off", "chatter"} <= labels
    assert all(intent_of(label) is not None or label == "chatter" for label in labels)


def test_no_sentence_has_two_labels(lines: list[Labelled]) -> None:
    labels: dict[str, set[str]] = {}
    for line in lines:
        labels.setdefault(compact(line.text), set()).add(line.label)
    assert {text: found for text, found in labels.items() if len(found) > 1} == {}


def test_each_command_has_ten_handwritten_utterances() -> None:
    counts: dict[str, int] = {}
    for line in handwritten(DATA / "handwritten"):
        counts[line.label] = counts.get(line.label, 0) + 1
    assert {label: n for label, n in counts.items() if n < 10 and not label.startswith("panel.")} == {}


def test_blind_sentences_are_not_among_the_handwritten() -> None:
    taught = {compact(line.text) for line in handwritten(DATA / "handwritten")}
    short_words = 14  # everybody's words: "다음", "뒤로 가 줘", "zoom in"
    for file in sorted((PROJECT / "tests/sentences").glob("blind_*.tsv")):
        unseen = [text for text, _ in blind(file) if len(compact(text)) > short_words]
        shared = [text for text in unseen if compact(text) in taught]
        assert len(shared) <= 0.02 * len(unseen), shared


def test_held_out_sentences_and_unknown_panels_are_left_out(registry: Registry, lines: list[Labelled]) -> None:
    first = handwritten(DATA / "handwritten")[0]
    held = training_sentences(registry, DATA, held_out=frozenset({compact(first.text)}))
    assert compact(first.text) not in {compact(line.text) for line in held}
    smaller = replace(registry, panels={id_: p for id_, p in registry.panels.items() if id_ != "ozone"})
    assert "panel.ozone" not in {line.label for line in training_sentences(smaller, DATA)}


def test_the_nlu_file_is_yaml_and_whole(lines: list[Labelled]) -> None:
    data = yaml.safe_load(nlu_yaml([*lines, Labelled("가[나](다): {라} # 마", "stop")]))
    examples = {entry["intent"]: entry["examples"].splitlines() for entry in data["nlu"]}
    assert sum(map(len, examples.values())) == len(lines) + 1
    assert all(line.startswith("- ") for block in examples.values() for line in block)
    assert "- 가(나)(다): (라) # 마" in examples["stop"]


def test_the_gazetteer_has_the_registrys_names(registry: Registry) -> None:
    names = gazetteer(registry)
    assert set(names["panel"]) == set(registry.panels)
    assert "강남역" in names["district"]["강남구"]
    assert "교통실" in names["department"]["transport"]


def test_the_digest_sees_every_change(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    file.write_text("a")
    line = [Labelled("가", "stop")]
    seen = {
        digest(line, {}, [file]),
        digest([Labelled("가", "help")], {}, [file]),
        digest(line, {"panel": {}}, [file]),
        digest(line, {}, []),
    }
    file.write_text("b")
    seen.add(digest(line, {}, [file]))
    assert len(seen) == 5


class FakeRasa:
    """Plays `rasa train nlu`: writes the model file, or fails; with code None it never ends by itself."""

    def __init__(self, code: int | None = 0) -> None:
        self.code, self.runs = code, 0

    def __call__(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        self.runs += 1
        options["stdout"].write(b"log line\n")
        if self.code == 0:
            folder = Path(command[command.index("--out") + 1])
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{command[command.index('--fixed-model-name') + 1]}.tar.gz").write_bytes(b"model")
        play = "sleep 100" if self.code is None else f"exit {self.code}"
        return REAL_POPEN(["/bin/sh", "-c", play], start_new_session=True)


def test_training_is_skipped_when_nothing_changed(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa = FakeRasa()
    monkeypatch.setattr("assistant.understanding.training.subprocess.Popen", rasa)
    first = train(registry, PROJECT, tmp_path, Path("/py"))
    again = train(registry, PROJECT, tmp_path, Path("/py"))
    forced = train(registry, PROJECT, tmp_path, Path("/py"), force=True)
    assert (first.fresh, again.fresh, forced.fresh) == (True, False, True)
    assert rasa.runs == 2
    assert first.model == again.model == training.current_model(tmp_path)
    assert first.model.read_bytes() == b"model"
    assert str(tmp_path) in (tmp_path / "config.yml").read_text()


def test_a_failed_training_is_told_and_leaves_no_model(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.understanding.training.subprocess.Popen", FakeRasa(code=1))
    with pytest.raises(Unavailable) as caught:
        train(registry, PROJECT, tmp_path, Path("/py"))
    assert caught.value.code == "training-failed"
    assert "log line" in caught.value.message
    assert training.current_model(tmp_path) is None


def test_a_training_can_be_stopped(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.understanding.training.subprocess.Popen", FakeRasa(code=None))
    stop = threading.Event()
    stop.set()
    with pytest.raises(Unavailable) as caught:
        train(registry, PROJECT, tmp_path, Path("/py"), stop=stop)
    assert caught.value.code == "training-failed"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("panels_x.tsv", "ozone\n"),
        ("panels_x.tsv", "ozone\t\n"),
        ("commands.tsv", "fly\t\t날아라\n"),
        ("commands.tsv", "stop\tspeed=9\t그만\n"),
        ("commands.tsv", "navigate\tdirection=sideways\t옆으로\n"),
        ("commands.tsv", "show_panel\t\t보여줘\n"),
        ("chatter.tsv", "가\t나\n"),
    ],
)
def test_a_broken_line_is_named_with_its_file(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(f"# comment\n\n{content}")
    with pytest.raises(ConfigError) as caught:
        handwritten(tmp_path)
    assert f"{name}:3:" in caught.value.message


def test_sentences_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "chatter.tsv").write_bytes("안녕".encode("cp949"))
    with pytest.raises(ConfigError):
        handwritten(tmp_path)


def test_labels_and_intents_fit_each_other() -> None:
    for text in ("navigate.back", "zoom.in", "call", "panel.ozone", "private_mode.on"):
        intent = intent_of(text)
        assert intent is not None
        assert label_of(intent) == text
    assert intent_of("chatter") is None
    assert intent_of("navigate.sideways") is None
    assert label_of(Intent(IntentName.ASK_VALUE, panel="ozone")) == "panel.ozone"
    with pytest.raises(ValueError, match="panel"):
        label_of(Intent(IntentName.SHOW_PANEL))
    assert read_intent("rotation", "direction=on") == Intent(IntentName.ROTATION, direction=Direction.ON)


def test_the_dialogue_sends_every_label_but_the_forms_to_the_app() -> None:
    labels = {"call", "stop", "panel.ozone"}
    assert yaml.safe_load(generated_domain(labels))["intents"] == sorted(labels)
    rules = yaml.safe_load(generated_rules(labels))["rules"]
    assert {rule["steps"][0]["intent"] for rule in rules} == {"stop", "panel.ozone"}
    assert {rule["steps"][1]["action"] for rule in rules} == {"action_seoula"}
