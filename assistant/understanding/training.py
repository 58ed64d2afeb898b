"""From the registry and the hand-written sentences to a model Rasa can serve: files under var/rasa, `rasa train nlu`.

Nothing is trained when the hash of everything that goes in is the one of the model that is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts import Unavailable
from assistant.understanding.corrections import taken
from assistant.understanding.labels import intent_of
from assistant.understanding.model import CHATTER, PANEL_PREFIX
from assistant.understanding.sentences import Labelled, handwritten
from assistant.understanding.server import child_environment
from content_registry.generator import nlu_data
from content_registry.jamo import compact
from content_registry.schema import Registry
from content_registry.spoken import spoken_forms

VALUE_PREFIX = "value."
LINES_PER_PANEL = 16
"""Generated lines kept of each panel: enough for its names; more would outweigh what people wrote."""
MEDIA_NAMES = {
    "video": ("영상전화", "영상통화", "화상전화", "화상통화", "video call"),
    "voice": ("음성전화", "음성통화", "voice call"),
}
TRAIN_TIMEOUT_S = 1500.0


@dataclass(frozen=True, slots=True)
class Trained:
    """A model file, the hash of its inputs, and whether this call made it."""

    model: Path
    digest: str
    fresh: bool


def training_sentences(
    registry: Registry,
    data: Path,
    *,
    held_out: frozenset[str] = frozenset(),
    corrections: Iterable[Labelled] = (),
) -> list[Labelled]:
    """All labelled sentences: operators' corrections, hand-written ones, generated ones of each panel, and chatter
    around the names. Of two labels for one sentence the first counts, so that a correction wins.

    Sentences whose compact form is in `held_out` are left out (a development split). Hand-written lines of panels
    that the registry does not have are left out too: a broken registry entry must not come back through the model.
    """
    written = [*corrections, *handwritten(data / "handwritten")]
    written = [line for line in written if compact(line.text) not in held_out]
    written = [line for line in written if _known(registry, line.label)]
    generated: dict[str, list[str]] = defaultdict(list)
    for made in nlu_data(registry, [(line.label, line.text) for line in written]):
        # A question for a figure and a wish to see are told apart by their words (forms.py), not by the model.
        label = PANEL_PREFIX + made.label[len(VALUE_PREFIX) :] if made.label.startswith(VALUE_PREFIX) else made.label
        generated[label].append(made.text)
    lines = list(written)
    own = {compact(line.text) for line in written}
    for label, texts in generated.items():
        fresh = [text for text in texts if compact(text) not in own and compact(text) not in held_out]
        lines += [Labelled(text, label) for text in _spread(fresh, LINES_PER_PANEL)]
    for panel in registry.panels.values():
        lines += [Labelled(topic, PANEL_PREFIX + panel.id) for topic in panel.topics_ko]
    lines += chatter_lines(registry, data / "chatter_templates.txt")
    labels: dict[str, str] = {}
    return [line for line in lines if labels.setdefault(compact(line.text), line.label) == line.label and line.text]


def chatter_lines(registry: Registry, file: Path) -> list[Labelled]:
    """Talk around the registry's names that must not be answered: every template with a few of the names."""
    if not file.is_file():
        return []
    templates = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    names = [
        panel.aliases_ko[0] if panel.aliases_ko else panel.name_ko
        for panel in registry.panels.values()
        if not panel.id.startswith(("fn-", "home"))
    ]
    lines = []
    for index, template in enumerate(templates):
        for step in range(4):
            name = names[(index * 37 + step * 53) % len(names)]
            lines.append(Labelled(template.replace("{n}", name), CHATTER))
    return lines


def gazetteer(registry: Registry) -> dict[str, dict[str, list[str]]]:
    """The registry's names as the extractor in Rasa reads them."""
    districts = {district.code: list(district.names) for district in registry.districts.values()}
    for place in registry.places.values():
        districts.setdefault(place.district, []).extend((place.ko, *place.aliases_ko))
    return {
        # First, because the call functions' panels share these names.
        "media": {medium: list(names) for medium, names in MEDIA_NAMES.items()},
        "panel": {
            panel.id: list(dict.fromkeys(form for name in panel.names for form in (name, *spoken_forms(name))))
            for panel in registry.panels.values()
        },
        "department": {department.id: list(department.names) for department in registry.departments.values()},
        "district": {registry.districts[code].ko: names for code, names in districts.items()},
    }


def nlu_yaml(lines: Iterable[Labelled]) -> str:
    """Rasa's NLU file: one literal block of examples for each label."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_label[line.label].append(line.text)
    blocks = []
    for label, texts in sorted(by_label.items()):
        examples = "".join(f"    - {_escape(text)}\n" for text in texts)
        blocks.append(f"- intent: {label}\n  examples: |\n{examples}")
    return 'version: "3.1"\nnlu:\n' + "".join(blocks)


def digest(lines: Sequence[Labelled], names: Mapping[str, object], files: Iterable[Path]) -> str:
    """The hash of everything a model depends on."""
    hasher = hashlib.sha256()
    for line in lines:
        hasher.update(f"{line.label}\t{line.text}\n".encode())
    hasher.update(json.dumps(names, ensure_ascii=False, sort_keys=True).encode())
    for file in sorted(files):
        hasher.update(file.name.encode())
        hasher.update(file.read_bytes())
    return hasher.hexdigest()


def train(
    registry: Registry,
    project: Path,
    folder: Path,
    python: Path,
    *,
    force: bool = False,
    held_out: frozenset[str] = frozenset(),
    stop: threading.Event | None = None,
) -> Trained:
    """Trains the serving model into `folder` (var/rasa), unless the one there was made of the same inputs.

    One process trains at a time, others wait for it. Setting `stop` ends a training that runs.
    Raises Unavailable `training-failed` with the end of Rasa's log, which is `folder/training.log`.
    """
    data = project / "nlu_data"
    folder = folder.resolve()
    lines = training_sentences(registry, data, held_out=held_out, corrections=taken(folder))
    names = gazetteer(registry)
    inputs = [project / "config.yml", data / "rasa.lock", *(data / "components").glob("*.py")]
    wanted = digest(lines, names, inputs)
    model = folder / "models" / f"{wanted[:16]}.tar.gz"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "training.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if model.is_file() and not force:
            return Trained(model, wanted, fresh=False)
        (folder / "gazetteer.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        (folder / "nlu.yml").write_text(nlu_yaml(lines), encoding="utf-8")
        config = (project / "config.yml").read_text(encoding="utf-8").replace("var/rasa/", f"{folder}/")
        (folder / "config.yml").write_text(config, encoding="utf-8")
        _rasa_train(project, folder, python, model, stop)
        for old in sorted((folder / "models").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-3]:
            old.unlink()
    return Trained(model, wanted, fresh=True)


def current_model(folder: Path) -> Path | None:
    """The newest model file of a state folder, or None when nothing was trained yet."""
    models = sorted((folder / "models").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return models[-1] if models else None


def _rasa_train(project: Path, folder: Path, python: Path, model: Path, stop: threading.Event | None) -> None:
    arguments = ["train", "nlu", "--nlu", str(folder / "nlu.yml"), "--config", str(folder / "config.yml")]
    output = ["--out", str(folder / "building"), "--fixed-model-name", model.name.removesuffix(".tar.gz")]
    with open(folder / "training.log", "wb") as log:
        process = subprocess.Popen(
            [str(python), "-m", "rasa", *arguments, *output],
            cwd=folder,
            env=child_environment(project, folder / "embeddings.sqlite"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + TRAIN_TIMEOUT_S
    while process.poll() is None:
        if (stop is not None and stop.is_set()) or time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Unavailable("training-failed", "the training was stopped or took too long")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.25)
    built = folder / "building" / model.name
    if process.returncode != 0 or not built.is_file():
        tail = "\n".join((folder / "training.log").read_text("utf-8", "replace").splitlines()[-6:])
        raise Unavailable("training-failed", f"rasa train failed ({process.returncode}):\n{tail}")
    model.parent.mkdir(parents=True, exist_ok=True)
    built.replace(model)


def _known(registry: Registry, label: str) -> bool:
    if label.startswith(PANEL_PREFIX):
        return label[len(PANEL_PREFIX) :] in registry.panels
    return label == CHATTER or intent_of(label) is not None


def _spread(texts: list[str], count: int) -> list[str]:
    """`count` of the texts, evenly spread over the list, which runs through all of a panel's names."""
    if len(texts) <= count:
        return texts
    return [texts[index * len(texts) // count] for index in range(count)]


def _escape(text: str) -> str:
    # Brackets mark entities in Rasa's examples; a line break would end the literal block.
    return " ".join(text.translate(str.maketrans("[]{}", "()()")).split())
