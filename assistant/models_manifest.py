"""The models the product runs with, by models/models.toml: where each is, and whether it is the one named there.

Nothing is imported from the packages that carry them, so this is safe in every process. `python -m
assistant.models_manifest` verifies all of them and ends with 1 when one is missing or is another file; with `--join`
it first joins those that their packages carry in parts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.contracts.errors import ConfigError, SeoulaError, Unavailable

PROJECT = Path(__file__).resolve().parent.parent
MANIFEST = PROJECT / "models" / "models.toml"
RASA_ENVIRONMENT = PROJECT / ".venv-rasa"

_TEXTS = ("purpose", "licence", "environment", "package", "folder", "official", "variable", "made_by")


@dataclass(frozen=True, slots=True)
class Model:
    """One entry. files: path inside the model's folder -> SHA-256 (64 hexadecimal digits).

    A `package` model lies in `folder` under the site-packages of its environment ("app" or "rasa"); one without a
    package lies in `folder` under the project. `variable` names an environment variable with another folder that
    holds the same files. `made_by`: the command that makes it here, for a model of our own. `joined`: file -> its
    pieces under site-packages, for a model too large for one package; set-up joins it into `folder` under the project.
    """

    name: str
    purpose: str
    licence: str
    folder: str
    files: Mapping[str, str]
    package: str | None = None
    environment: str = "app"
    official: str | None = None
    variable: str | None = None
    made_by: str | None = None
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_manifest(file: Path = MANIFEST) -> tuple[Model, ...]:
    """All entries, in the file's order. Raises ConfigError `bad-manifest`, naming the file and the entry."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("bad-manifest", f"{file}: {error}") from error
    entries = document.pop("model", None)
    if document or not isinstance(entries, list) or not entries:
        raise ConfigError("bad-manifest", f"{file}: it holds [[model]] entries and nothing else")
    models = tuple(_model(entry, f"{file}: model {number}") for number, entry in enumerate(entries, 1))
    names = [model.name for model in models]
    if len(set(names)) != len(names):
        raise ConfigError("bad-manifest", f"{file}: two models have the same name")
    return models


def named(name: str) -> Model:
    """The entry of this name in the product's manifest. Raises ConfigError `bad-manifest`."""
    for model in load_manifest():
        if model.name == name:
            return model
    raise ConfigError("bad-manifest", f"{MANIFEST}: it has no model {name}")


def locate(model: Model, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder the model is in. Raises Unavailable `model-missing`, saying what to do."""
    override = environ.get(model.variable) if model.variable else None
    if override:
        if not Path(override).is_dir():
            raise Unavailable("model-missing", f"{model.name}: {model.variable} names {override}, which is no folder")
        return Path(override)
    for root in _roots(model):
        if (root / model.folder).is_dir():
            return root / model.folder
    raise Unavailable("model-missing", f"{model.name} is not here. {_remedy(model)}")


def verify(model: Model, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder, every file of it checked. Raises Unavailable `model-missing` or `model-altered`."""
    folder = locate(model, environ)
    for name, expected in model.files.items():
        path = folder / name
        try:
            with path.open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise Unavailable("model-missing", f"{model.name}: {path}: {error.strerror}. {_remedy(model)}") from error
        if found != expected:
            raise _altered(model, str(path), found, expected)
    return folder


def join(model: Model) -> Path:
    """Put a model together from its packages' pieces and verify it; files that are here and right are left alone.

    A file takes its place only when it is whole and the one named. Raises Unavailable `model-missing`,
    `model-altered`, or `model-not-written` (disk full, no permission).
    """
    folder = PROJECT / model.folder
    for name, pieces in model.joined.items():
        if _digest(folder / name) == model.files[name]:
            continue
        sources = [_piece(model, piece) for piece in pieces]
        try:
            _join(model, folder / name, sources, model.files[name])
        except OSError as error:
            raise Unavailable("model-not-written", f"{model.name}: {folder / name}: {error.strerror}") from error
    return folder


def _join(model: Model, path: Path, sources: Iterable[Path], expected: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".joining-{os.getpid()}-{path.name}")
    try:
        with unfinished.open("wb") as whole:
            for source in sources:
                with source.open("rb") as piece:
                    shutil.copyfileobj(piece, whole)
        if (found := _digest(unfinished)) != expected:
            raise _altered(model, f"{path.name}, joined from its packages,", found, expected)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _altered(model: Model, what: str, found: str, expected: str) -> Unavailable:
    return Unavailable(
        "model-altered",
        f"{model.name}: {what} is not the file that the manifest names "
        f"(SHA-256 {found[:12]}, expected {expected[:12]}). {_remedy(model)}",
    )


def _piece(model: Model, piece: str) -> Path:
    for root in _site_packages(model):
        if (root / piece).is_file():
            return root / piece
    raise Unavailable("model-missing", f"{model.name}: {piece} is not here. {_remedy(model)}")


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty when it cannot be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _model(entry: object, where: str) -> Model:
    if not isinstance(entry, dict):
        raise ConfigError("bad-manifest", f"{where}: not a table")
    fields: dict[str, Any] = dict(entry)
    name = fields.pop("name", None)
    if not isinstance(name, str) or not name:
        raise ConfigError("bad-manifest", f"{where}: it has no name")
    where = f"{where} ({name})"
    files, parts = fields.pop("files", None), fields.pop("joined", {})
    if unknown := sorted(fields.keys() - set(_TEXTS)):
        raise ConfigError("bad-manifest", f"{where}: unknown: {', '.join(unknown)}")
    if wrong := sorted(key for key, value in fields.items() if not isinstance(value, str) or not value):
        raise ConfigError("bad-manifest", f"{where}: not a text: {', '.join(wrong)}")
    if absent := sorted({"purpose", "licence", "folder"} - fields.keys()):
        raise ConfigError("bad-manifest", f"{where}: missing: {', '.join(absent)}")
    if fields.get("environment", "app") not in ("app", "rasa"):
        raise ConfigError("bad-manifest", f"{where}: environment is app or rasa")
    if ("package" in fields) == ("made_by" in fields):
        raise ConfigError("bad-manifest", f"{where}: it has either a package or made_by")
    if not isinstance(files, dict) or not files:
        raise ConfigError("bad-manifest", f"{where}: it names no files")
    for path in (fields["folder"], *files):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ConfigError("bad-manifest", f"{where}: {path} leads outside")
    for path, digest in files.items():
        if not isinstance(digest, str) or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ConfigError("bad-manifest", f"{where}: {path}: a SHA-256 is 64 hexadecimal digits, lower case")
    return Model(name=name, files=files, joined=_joined(parts, files, where), **fields)


def _joined(entry: object, files: Mapping[str, str], where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(entry, dict):
        raise ConfigError("bad-manifest", f"{where}: joined is no table")
    if entry and entry.keys() != files.keys():
        raise ConfigError("bad-manifest", f"{where}: joined and files name different files")
    for name, pieces in entry.items():
        if not isinstance(pieces, list) or not pieces or not all(isinstance(p, str) and p for p in pieces):
            raise ConfigError("bad-manifest", f"{where}: {name}: joined from a list of paths")
        if any(PurePosixPath(p).is_absolute() or ".." in PurePosixPath(p).parts for p in pieces):
            raise ConfigError("bad-manifest", f"{where}: {name}: a piece leads outside")
    return {name: tuple(pieces) for name, pieces in entry.items()}


def _roots(model: Model) -> Iterable[Path]:
    return (PROJECT,) if model.package is None or model.joined else _site_packages(model)


def _site_packages(model: Model) -> Iterable[Path]:
    if model.environment == "rasa":
        return sorted(RASA_ENVIRONMENT.glob("lib/python3.*/site-packages"))
    return (Path(entry) for entry in sys.path if entry)


def _remedy(model: Model) -> str:
    if model.package is None:
        return f"Restore it from the repository, or make it: {model.made_by}."
    environment = ".venv-rasa" if model.environment == "rasa" else ".venv"
    advice = f"Install {model.package} again: remove {environment} and run make setup"
    return (
        f"{advice}; or name a folder that holds the same files in {model.variable}." if model.variable else f"{advice}."
    )


def renew(name: str, file: Path = MANIFEST) -> None:
    """Write the present SHA-256 of a model of our own into the manifest, after it was made again.

    Raises ConfigError `not-ours` for a model of a package, and Unavailable when a file is not there.
    """
    model = next((model for model in load_manifest(file) if model.name == name), None)
    if model is None or model.made_by is None:
        raise ConfigError("not-ours", f"{file}: {name} is no model that is made here")
    text = file.read_text(encoding="utf-8")
    for path, old in model.files.items():
        try:
            new = hashlib.sha256((PROJECT / model.folder / path).read_bytes()).hexdigest()
        except OSError as error:
            raise Unavailable("model-missing", f"{name}: {path}: {error.strerror}. {_remedy(model)}") from error
        text = text.replace(f'"{path}" = "{old}"', f'"{path}" = "{new}"')
    file.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Verify all, a line each; or `--renew NAME`. Exit code 1 when a model is missing or altered, or on an error."""
    parser = argparse.ArgumentParser(prog="python -m assistant.models_manifest", description="verify the models")
    parser.add_argument("--renew", metavar="NAME", help="take over the SHA-256 of a model that was made again here")
    parser.add_argument("--join", action="store_true", help="first join the models that packages carry in parts")
    options = parser.parse_args(arguments)
    code = 0
    try:
        if options.renew:
            renew(options.renew)
        models = load_manifest()
    except SeoulaError as error:
        print(f"{error.code}  {error.message}")
        return 1
    for model in models:
        try:
            if options.join and not (model.variable and os.environ.get(model.variable)):
                join(model)
            print(f"ok       {model.name}: {verify(model)}")
        except SeoulaError as error:
            print(f"{error.code}  {error.message}")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
