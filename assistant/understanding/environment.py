"""Rasa's own Python environment: Rasa 3.6.21 needs Python 3.10 (or 3.11 with changed pins), the app runs on 3.11.

Found in this order: what the settings or RASA_PYTHON name, `.venv-rasa` beside the project. Created from the lock file
with an interpreter found among RASA_BASE_PYTHON, pyenv's versions, PATH and uv's managed Pythons; where no Python 3.10
can be had, with 3.11 in two steps (Rasa's requirements with the pins it lacks for 3.11, then Rasa without them).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from assistant.contracts import Unavailable

RASA_VERSION = "3.6.21"
LOCK = Path("nlu_data/rasa.lock")
VENV = Path(".venv-rasa")
STAMP = VENV / "seoula-lock.sha256"
"""The lock file's hash, written when its installation is complete."""

_PINS_311 = (
    "matplotlib>=3.6,<3.8",
    "numpy>=1.22.3,<1.24",
    "scipy>=1.10,<1.11",
    "scikit-learn>=1.1,<1.2",
    "dask==2022.10.2",
)
"""What Rasa's own metadata pins only below Python 3.11, and what has wheels for 3.11."""
_REPLACED_311 = frozenset({"matplotlib", "numpy", "scipy", "scikit-learn", "dask", "rasa-sdk", "rasa"})

Run = Callable[[list[str]], "subprocess.CompletedProcess[str]"]
Report = Callable[[str], None]


def find_rasa(project: Path, configured: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The Python interpreter that has Rasa. Raises Unavailable `rasa-missing` naming what to do."""
    named = configured or (Path(environ["RASA_PYTHON"]) if environ.get("RASA_PYTHON") else None)
    if named is not None:
        if not _has_rasa(named):
            raise Unavailable(
                "rasa-missing", f"{named} has no rasa {RASA_VERSION} (RASA_PYTHON or settings rasa.python)"
            )
        return named
    python = project / VENV / "bin" / "python"
    if not _has_rasa(python):
        raise Unavailable(
            "rasa-missing", f"there is no rasa {RASA_VERSION} in {project / VENV}: run the set-up (make setup)"
        )
    return python


def _has_rasa(python: Path) -> bool:
    # Asking the interpreter would cost a second or more; the package's metadata lies beside it.
    if not python.is_file():
        return False
    return any(python.parent.parent.glob(f"lib/python3.*/site-packages/rasa-{RASA_VERSION}.dist-info/METADATA"))


def base_pythons(version: str, environ: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Interpreters of a version ("3.10") that are already on this machine, best first."""
    named = environ.get("RASA_BASE_PYTHON")
    if named:
        yield Path(named)
    root = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/nonexistent")) / ".pyenv")
    newest_first = sorted(root.glob(f"versions/{version}.*/bin/python"), key=_patch, reverse=True)
    yield from newest_first
    for folder in environ.get("PATH", "").split(os.pathsep):
        candidate = Path(folder) / f"python{version}"
        # pyenv's shims exist for versions that are not active and then fail.
        if candidate.is_file() and "shims" not in candidate.parts:
            yield candidate


def create(
    project: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    run: Run | None = None,
    report: Report = lambda line: print(line, file=sys.stderr),
) -> Path:
    """Makes `.venv-rasa` and installs the lock file's packages; does nothing where these very packages are complete.

    Returns its interpreter. Raises Unavailable: `uv-missing`, `rasa-lock-missing`, `rasa-python-missing` or
    `rasa-install-failed`, each with what to do.
    """
    python = project / VENV / "bin" / "python"
    if not (project / LOCK).is_file():
        raise Unavailable("rasa-lock-missing", f"{project / LOCK} is missing: restore it from the repository")
    stamp, wanted = project / STAMP, hashlib.sha256((project / LOCK).read_bytes()).hexdigest()
    if _has_rasa(python) and stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == wanted:
        return python
    uv = _uv()
    run = run or _run
    stamp.unlink(missing_ok=True)
    if _make(run, uv, project, [*base_pythons("3.10", environ), Path("3.10")], "3.10"):
        report("installing Rasa for Python 3.10")
        _install(run, [uv, "pip", "sync", "--python", str(python), str(project / LOCK)])
    elif _make(run, uv, project, list(base_pythons("3.11", environ)) or [Path(sys.executable)], "3.11"):
        report("no Python 3.10 here: installing Rasa for Python 3.11 in two steps, which its vendor does not support")
        requirements = requirements_311(run, uv, project, python)
        _install(run, [uv, "pip", "install", "--python", str(python), "-r", str(requirements)])
        # uv refuses a package whose requires-python does not fit; pip has the switch.
        _install(run, [uv, "pip", "install", "--python", str(python), "pip"])
        pip = [str(python), "-m", "pip", "install", "--no-deps", "--ignore-requires-python"]
        _install(run, [*pip, f"rasa=={RASA_VERSION}", "rasa-sdk==3.6.2"])
    else:
        message = "Rasa needs Python 3.10 or 3.11: `uv python install 3.10` gets one, RASA_BASE_PYTHON names one"
        raise Unavailable("rasa-python-missing", message)
    if not _has_rasa(python):
        raise Unavailable("rasa-install-failed", f"after the installation there is no rasa {RASA_VERSION} in {python}")
    stamp.write_text(wanted + "\n", encoding="utf-8")
    return python


def requirements_311(run: Run, uv: str, project: Path, python: Path) -> Path:
    """Writes the requirements for Python 3.11, made of the lock file's versions, and returns their file.

    The lock was resolved for 3.10; everything but the packages of `_PINS_311` has wheels for 3.11 too.
    """
    kept = []
    for line in (project / LOCK).read_text(encoding="utf-8").splitlines():
        name, separator, rest = line.partition("==")
        if separator and not line.startswith((" ", "#")) and name not in _REPLACED_311:
            kept.append(f"{name}=={rest.split()[0]}")
    file = python.parent.parent / "requirements-311.txt"
    file.write_text("\n".join((*kept, *_PINS_311)) + "\n", encoding="utf-8")
    return file


def _make(run: Run, uv: str, project: Path, candidates: list[Path], version: str) -> bool:
    for candidate in candidates:
        done = run([uv, "venv", "--clear", "--python", str(candidate), str(project / VENV)])
        if done.returncode == 0 and any((project / VENV).glob(f"lib/python{version}")):
            return True
    return False


def _install(run: Run, command: list[str]) -> None:
    done = run(command)
    if done.returncode != 0:
        tail = "\n".join((done.stderr or done.stdout or "").strip().splitlines()[-8:])
        raise Unavailable("rasa-install-failed", f"{' '.join(command[:4])} failed ({done.returncode}):\n{tail}")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise Unavailable("uv-missing", "uv is needed for the set-up: pip install uv")
    return found


def _patch(python: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in python.parent.parent.name.split(".") if part.isdigit())
