"""The set-up's own decisions, with the machine they look at replaced by shell functions. Nothing is installed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
PARTS = " ".join(f"source {PROJECT}/scripts/setup/{part}.sh;" for part in ("report", "machine", "tools", "products"))


def shell(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the code after the set-up's functions, in a folder that has var/setup/log."""
    (folder / "var" / "setup" / "log").mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail; {PARTS} {code}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def refuses(code: str, folder: Path) -> str:
    """What is said when the code ends the set-up: one line in English and one in Korean, after any context."""
    done = shell(code, folder)
    assert done.returncode == 1, done.stderr
    english, korean = done.stderr.splitlines()[-2:]
    assert english.startswith("setup: ERROR: ")
    assert re.search("[가-힣]", korean)
    return english


@pytest.mark.parametrize("script", ["scripts/setup.sh", ".ci/run"])
def test_scripts_can_be_started(script: str) -> None:
    assert (PROJECT / script).stat().st_mode & 0o100
    subprocess.run(["bash", "-n", str(PROJECT / script)], check=True)


def test_another_processor_is_refused(tmp_path: Path) -> None:
    assert "aarch64" in refuses("uname() { [[ $1 == -m ]] && echo aarch64 || echo Linux; }; check_machine", tmp_path)
    assert "Darwin" in refuses("uname() { echo Darwin; }; check_machine", tmp_path)
    assert shell("uname() { [[ $1 == -m ]] && echo x86_64 || echo Linux; }; check_machine", tmp_path).returncode == 0


def test_too_little_disk_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    df = "df() { printf 'head\\n/dev/x 9 9 %s 9 /\\n' 2097152; };"
    assert "2 GB are free" in refuses(f"{df} check_disk", tmp_path)
    assert shell(f"{df} SEOULA_DISK_GB=2 check_disk", tmp_path).returncode == 0
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch(mode=0o755)
    (tmp_path / ".venv-rasa").mkdir()
    assert shell(f"{df} check_disk", tmp_path).returncode == 0


BARE = """
has_venv() { false; }; has_library() { [[ $1 != libportaudio* && $1 != libGL* ]]; }
has_browser() { false; }; is_ubuntu() { false; }
has_korean_font() { false; }; has_korean_reader() { false; }; id() { echo 1000; }
has_command() { [[ $1 != aplay && $1 != sudo && $1 != janus && $1 != turnserver ]]; }
"""


def test_without_root_and_sudo_the_packages_are_named(tmp_path: Path) -> None:
    said = refuses(f"{BARE} install_packages run", tmp_path)
    needed = "python3-venv alsa-utils libportaudio2 libgl1 tesseract-ocr-kor"
    assert said.endswith(f"sudo apt-get install -y --no-install-recommends {needed}")
    said = refuses(f"{BARE} install_packages test", tmp_path)
    assert said.endswith(f"{needed} chromium fonts-noto-cjk janus coturn")


def test_a_service_that_came_with_a_package_is_put_to_rest(tmp_path: Path) -> None:
    stub = 'has_command() { true; }; systemctl() { echo "$*" >&3; false; };'
    done = shell(f"exec 3>&2; {stub} rest_services 'alsa-utils janus fonts-noto-cjk'", tmp_path)
    assert (done.returncode, done.stderr) == (0, "disable --quiet --now janus\n")


def test_apt_is_left_alone_when_all_is_there(tmp_path: Path) -> None:
    there = "has_venv() { true; }; has_library() { true; }; has_command() { true; }; id() { echo 1000; };"
    done = shell(f"{there} apt-get() {{ exit 9; }}; sudo() {{ exit 9; }}; install_packages run", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_apt_the_packages_are_named(tmp_path: Path) -> None:
    said = refuses(f"{BARE} has_command() {{ [[ $1 == espeak-ng ]]; }}; install_packages run", tmp_path)
    assert "no apt-get" in said


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("Temporary failure in name resolution", "could not be reached"),
        ("error: failed to fetch: dns error", "could not be reached"),
        ("npm error code EAI_AGAIN", "could not be reached"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'", "build-essential"),
        ("gcc: command not found", "build-essential"),
        ("error: Hash mismatch for `vosk==0.3.45`", "not the one the lock file names"),
        ("npm error code EINTEGRITY", "not the one the lock file names"),
        ("E: dpkg was interrupted, you must manually run 'dpkg --configure -a'", "package manager is busy"),
        ("mkdir: cannot create directory: Permission denied", "no right to write"),
        ("ModuleNotFoundError: No module named 'x'", "The whole output: var/setup/log/try.log"),
    ],
)
def test_a_failed_step_is_explained(tmp_path: Path, output: str, says: str) -> None:
    (tmp_path / "output").write_text(output + "\n", encoding="utf-8")
    said = refuses("fall() { cat output >&2; return 3; }; step try 'trying' fall", tmp_path)
    assert says in said
    assert "trying failed" in said


def test_a_step_that_works_says_what_it_does(tmp_path: Path) -> None:
    done = shell("step try 'trying' echo much output", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "setup: trying\n")


def test_a_step_is_repeated_only_when_its_inputs_change(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a b.yaml").write_text("1", encoding="utf-8")
    fresh = 'fresh try "$(digest in absent.txt)" product'
    assert shell(fresh, tmp_path).returncode == 1
    assert shell('stamp try "$(digest in absent.txt)"', tmp_path).returncode == 0
    assert shell(fresh, tmp_path).returncode == 1  # stamped, but there is no product
    (tmp_path / "product").touch()
    assert shell(fresh, tmp_path).returncode == 0
    (tmp_path / "in" / "__pycache__").mkdir()
    (tmp_path / "in" / "__pycache__" / "x.pyc").touch()
    assert shell(fresh, tmp_path).returncode == 0
    for change in ("in/a b.yaml", "in/new.yaml", "absent.txt"):
        (tmp_path / change).write_text("2", encoding="utf-8")
        assert shell(fresh, tmp_path).returncode == 1
        assert shell('stamp try "$(digest in absent.txt)"', tmp_path).returncode == 0
    (tmp_path / "in" / "a b.yaml").rename(tmp_path / "in" / "c.yaml")
    assert shell(fresh, tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("version", "least", "enough"),
    [
        ("0.13.9", "0.5", True),
        ("0.5", "0.5", True),
        ("0.4.30", "0.5", False),
        ("9.1", "18", False),
        ("20.1", "18", True),
    ],
)
def test_versions_are_compared_as_numbers(tmp_path: Path, version: str, least: str, enough: bool) -> None:
    assert (shell(f"at_least {version} {least}", tmp_path).returncode == 0) is enough


def test_a_python_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, body in (("python3.11", "exit 127"), ("python3", "echo 3.11 /there/python3.11")):
        (tools / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    found = shell(
        f"PATH={tools}:/usr/bin:/bin; type() {{ echo {tools}/python3.11; echo {tools}/python3; }}; python_of 3.11",
        tmp_path,
    )
    assert found.stdout == "/there/python3.11\n"
    assert (
        shell(f"type() {{ echo {tools}/python3.11; }}; PYENV_ROOT={tmp_path}; python_of 3.11", tmp_path).returncode == 1
    )


def test_without_any_python_3_11_the_way_out_is_named(tmp_path: Path) -> None:
    said = refuses("python_of() { return 1; }; uv() { return 2; }; UV=uv; app_environment", tmp_path)
    assert "SEOULA_PYTHON=" in said


def test_tools_do_not_hide_the_systems_python(tmp_path: Path) -> None:
    done = shell('use_tool uv; use_tool node npm; ls var/tools/use; echo "$PATH"', tmp_path)
    *linked, path = done.stdout.split()
    assert linked == ["node", "npm", "uv"]
    assert path.split(":").count(f"{tmp_path}/var/tools/use") == 1


def test_the_tools_are_pinned_by_hash() -> None:
    for file in ("uv.txt", "node.txt"):
        lines = (PROJECT / "scripts" / "setup" / file).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if not line.startswith("#")]
        assert pins
        assert all(re.fullmatch(r"[a-z-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", line) for line in pins)


@pytest.mark.parametrize("lock", ["requirements.lock", "nlu_data/rasa.lock"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = [line for line in text.replace("\\\n", " ").splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert len(entries) > 50
    assert not [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in asked}
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert not names - set(re.findall(r"^([a-z0-9.-]+)==", lock, flags=re.MULTILINE))


def test_commit_hooks_fetch_nothing() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}


def test_make_lists_its_commands() -> None:
    listed = subprocess.run(
        ["make", "--silent", "help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[0] for line in listed.splitlines()} >= {"run", "test", "check", "bench", "doctor", "train"}
