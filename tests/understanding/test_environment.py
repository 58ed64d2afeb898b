"""Finding and creating Rasa's environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from assistant.contracts import Unavailable
from assistant.understanding import environment
from assistant.understanding.environment import RASA_VERSION, base_pythons, create, find_rasa


def make_python(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    return path


def make_rasa(venv: Path, version: str = "3.10") -> Path:
    info = venv / f"lib/python{version}/site-packages/rasa-{RASA_VERSION}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: rasa\n")
    return make_python(venv / "bin/python")


def test_rasa_is_found_beside_the_project_or_where_it_is_named(tmp_path: Path) -> None:
    own = make_rasa(tmp_path / ".venv-rasa")
    other = make_rasa(tmp_path / "other")
    assert find_rasa(tmp_path, None, {}) == own
    assert find_rasa(tmp_path, None, {"RASA_PYTHON": str(other)}) == other
    assert find_rasa(tmp_path, own, {"RASA_PYTHON": str(other)}) == own


@pytest.mark.parametrize("environ", [{}, {"RASA_PYTHON": "/nowhere/python"}])
def test_a_missing_rasa_is_a_typed_error(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(Unavailable) as caught:
        find_rasa(tmp_path, None, environ)
    assert caught.value.code == "rasa-missing"


def test_interpreters_are_looked_for_in_order(tmp_path: Path) -> None:
    older = make_python(tmp_path / "pyenv/versions/3.10.9/bin/python")
    newer = make_python(tmp_path / "pyenv/versions/3.10.13/bin/python")
    make_python(tmp_path / "pyenv/versions/3.11.7/bin/python")
    on_path = make_python(tmp_path / "bin/python3.10")
    make_python(tmp_path / "pyenv/shims/python3.10")
    environ = {
        "RASA_BASE_PYTHON": "/named/python",
        "PYENV_ROOT": str(tmp_path / "pyenv"),
        "PATH": f"{tmp_path / 'pyenv/shims'}:{tmp_path / 'bin'}",
    }
    assert list(base_pythons("3.10", environ)) == [Path("/named/python"), newer, older, on_path]


class FakeUv:
    """Plays uv: `venv` works for the given versions, installing makes rasa appear."""

    def __init__(self, project: Path, versions: tuple[str, ...], install: bool = True) -> None:
        self.venv, self.versions, self.install, self.commands = (
            project / ".venv-rasa",
            versions,
            install,
            list[list[str]](),
        )

    def __call__(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        good = True
        if command[1] == "venv":
            wanted = command[command.index("--python") + 1]
            version = next((v for v in self.versions if v in wanted), None)
            good = version is not None
            if version is not None:
                (self.venv / f"lib/python{version}/site-packages").mkdir(parents=True, exist_ok=True)
                make_python(self.venv / "bin/python")
        elif self.install and any(word.startswith(("rasa==", str(self.venv.parent / "nlu_data"))) for word in command):
            version = next(self.venv.glob("lib/python*")).name
            (self.venv / "lib" / version / f"site-packages/rasa-{RASA_VERSION}.dist-info").mkdir(exist_ok=True)
            (self.venv / "lib" / version / f"site-packages/rasa-{RASA_VERSION}.dist-info/METADATA").write_text("x")
        return subprocess.CompletedProcess(command, 0 if good else 1, "", "it did not work")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environment, "_uv", lambda: "uv")
    (tmp_path / "nlu_data").mkdir()
    lock = "rasa==3.6.21 \\\n    --hash=sha256:00\nnumpy==1.23.5 \\\nattrs==22.1.0 \\\n    # via rasa\n"
    (tmp_path / "nlu_data/rasa.lock").write_text(lock)
    return tmp_path


def test_the_environment_is_made_from_the_lock(project: Path) -> None:
    uv = FakeUv(project, ("3.10",))
    made = create(project, {"PATH": ""}, run=uv, report=lambda _: None)
    assert made == project / ".venv-rasa/bin/python"
    assert uv.commands[-1][1:3] == ["pip", "sync"]
    done = len(uv.commands)
    assert create(project, {"PATH": ""}, run=uv, report=lambda _: None) == made
    assert len(uv.commands) == done


def test_a_changed_lock_or_an_installation_cut_short_is_done_again(project: Path) -> None:
    uv = FakeUv(project, ("3.10",))
    create(project, {"PATH": ""}, run=uv, report=lambda _: None)
    for spoil in (
        lambda: (project / "nlu_data/rasa.lock").write_text("rasa==3.6.21\nnumpy==1.23.4\n"),
        (project / environment.STAMP).unlink,  # what an installation that was cut short never wrote
    ):
        done = len(uv.commands)
        spoil()
        create(project, {"PATH": ""}, run=uv, report=lambda _: None)
        assert uv.commands[-1][1:3] == ["pip", "sync"]
        assert len(uv.commands) > done


def test_a_failed_installation_leaves_no_stamp(project: Path) -> None:
    create(project, {"PATH": ""}, run=FakeUv(project, ("3.10",)), report=lambda _: None)
    (project / "nlu_data/rasa.lock").write_text("rasa==3.6.21\n")

    def refuse(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0 if command[1] == "venv" else 1, "", "no space left")

    with pytest.raises(Unavailable) as caught:
        create(project, {"PATH": ""}, run=refuse, report=lambda _: None)
    assert caught.value.code == "rasa-install-failed"
    assert not (project / environment.STAMP).exists()


def test_without_python_310_it_is_made_in_two_steps_for_311(project: Path) -> None:
    python = make_python(project / "pyenv/versions/3.11.7/bin/python")
    uv = FakeUv(project, ("3.11",))
    create(project, {"PATH": "", "PYENV_ROOT": str(project / "pyenv")}, run=uv, report=lambda _: None)
    assert any(str(python) in command for command in uv.commands)
    requirements = (project / ".venv-rasa/requirements-311.txt").read_text().splitlines()
    assert "attrs==22.1.0" in requirements
    assert "scipy>=1.10,<1.11" in requirements
    assert not any(line.startswith(("rasa==", "numpy==")) for line in requirements)
    assert "--ignore-requires-python" in uv.commands[-1]


def test_what_went_wrong_is_told(project: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        create(project, {"PATH": ""}, run=FakeUv(project, ()), report=lambda _: None)
    assert caught.value.code == "rasa-python-missing"
    with pytest.raises(Unavailable) as caught:
        create(project, {"PATH": ""}, run=FakeUv(project, ("3.10",), install=False), report=lambda _: None)
    assert caught.value.code == "rasa-install-failed"
    (project / "nlu_data/rasa.lock").unlink()
    with pytest.raises(Unavailable) as caught:
        create(project, {"PATH": ""}, run=FakeUv(project, ("3.10",)), report=lambda _: None)
    assert caught.value.code == "rasa-lock-missing"
