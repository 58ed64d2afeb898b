"""`python -m assistant.understanding.shell`: talk to the app in a terminal through Rasa's own dialogue.

The dialogue (rules, the department form, actions served by the app) is a model of its own, because what serves speech
stays NLU only and small. It reuses the cache of the NLU training, so it costs only its rules.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from assistant.contracts import SeoulaError, Unavailable
from assistant.understanding.environment import find_rasa
from assistant.understanding.opening import PROJECT
from assistant.understanding.server import child_environment
from assistant.understanding.training import train, training_sentences
from content_registry.loader import load_registry
from content_registry.schema import Registry

_POLICIES = "policies:\n- name: RulePolicy\n  enable_fallback_prediction: false\n"
FORM_LABELS = frozenset({"call"})


def generated_domain(labels: Iterable[str]) -> str:
    """The intents of the model as a domain file."""
    return json.dumps({"version": "3.1", "intents": sorted(labels)}, ensure_ascii=False)


def generated_rules(labels: Iterable[str]) -> str:
    """One rule for each label that no hand-written rule takes: the sentence goes to the app."""
    rules = [
        f"- rule: {label}\n  steps:\n  - intent: {label}\n  - action: action_seoula\n"
        for label in sorted(set(labels) - FORM_LABELS)
    ]
    return 'version: "3.1"\nrules:\n' + "".join(rules)


def train_dialogue(registry: Registry, project: Path, folder: Path, python: Path) -> Path:
    """Trains the dialogue model and returns its file. Raises Unavailable `training-failed`."""
    train(registry, project, folder, python)
    folder = folder.resolve()
    dialogue = folder / "dialogue"
    domain = dialogue / "domain"
    domain.mkdir(parents=True, exist_ok=True)
    labels = {line.label for line in training_sentences(registry, project / "nlu_data")}
    shutil.copyfile(project / "nlu_data/dialogue/domain.yml", domain / "domain.yml")
    (domain / "intents.yml").write_text(generated_domain(labels), encoding="utf-8")
    shutil.copyfile(project / "nlu_data/dialogue/rules.yml", dialogue / "rules.yml")
    (dialogue / "generated_rules.yml").write_text(generated_rules(labels), encoding="utf-8")
    config = (folder / "config.yml").read_text(encoding="utf-8").replace("policies: null\n", _POLICIES)
    (dialogue / "config.yml").write_text(config, encoding="utf-8")
    data = [str(folder / "nlu.yml"), str(dialogue / "rules.yml"), str(dialogue / "generated_rules.yml")]
    arguments = ["train", "--domain", str(domain), "--config", str(dialogue / "config.yml"), "--data", *data]
    output = ["--out", str(dialogue), "--fixed-model-name", "dialogue"]
    with open(dialogue / "training.log", "wb") as log:
        done = subprocess.run(
            [str(python), "-m", "rasa", *arguments, *output],
            cwd=folder,
            env=child_environment(project, folder / "embeddings.sqlite"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    model = dialogue / "dialogue.tar.gz"
    if done.returncode != 0 or not model.is_file():
        raise Unavailable("training-failed", f"the dialogue could not be trained; see {dialogue / 'training.log'}")
    return model


def main(arguments: list[str]) -> int:
    """Trains what changed and hands the terminal to `rasa shell`."""
    parser = argparse.ArgumentParser(prog="python -m assistant.understanding.shell", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path("var"), help="the state folder")
    parser.add_argument("--train-only", action="store_true")
    options = parser.parse_args(arguments)
    folder = options.state / "rasa"
    try:
        python = find_rasa(PROJECT)
        model = train_dialogue(load_registry(), PROJECT, folder, python)
    except SeoulaError as error:
        print(f"{error.code}: {error.message}", file=sys.stderr)
        return 1
    if options.train_only:
        print(model)
        return 0
    dialogue = PROJECT / "nlu_data" / "dialogue"
    files = ["--endpoints", str(dialogue / "endpoints.yml"), "--credentials", str(dialogue / "credentials.yml")]
    return subprocess.call(
        [str(python), "-m", "rasa", "shell", "-m", str(model), *files],
        cwd=folder,
        env=child_environment(PROJECT, folder.resolve() / "embeddings.sqlite"),
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
