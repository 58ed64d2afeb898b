"""The Rasa server as a child process; a small stand-in plays Rasa, the real one is in test_real_rasa.py."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from assistant.contracts import Unavailable
from assistant.private_files import write_private
from assistant.understanding.server import RasaServer, ServerState, child_environment, command, read_state

STAND_IN = """#!{python}
import http.server, json, sys
port = int(sys.argv[sys.argv.index("-p") + 1])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps({{"model_file": "m"}}).encode())
    def log_message(self, *a): pass
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def script(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "python"
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_server_is_closed_to_the_world(tmp_path: Path) -> None:
    line = command(Path("/py"), 5005, "-t", Path("/m.tar.gz"), Path("/e.yml"))
    assert line[line.index("-i") + 1] == "127.0.0.1"
    assert "--auth-token=-t" in line  # a token may begin with what looks like an option
    assert "--cors" not in line
    assert "--debug" not in line
    env = child_environment(tmp_path, tmp_path / "c.sqlite")
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["SANIC_HOST"] == "127.0.0.1"
    assert env["PYTHONPATH"] == str(tmp_path / "nlu_data")


async def test_it_starts_answers_and_is_always_ended(tmp_path: Path) -> None:
    python = script(tmp_path, STAND_IN.format(python=sys.executable))
    running = RasaServer(tmp_path, tmp_path / "state", python)
    state = await running.start(tmp_path / "m.tar.gz", timeout_s=120)
    assert running.alive
    assert running.memory_mb > 0
    assert read_state(tmp_path / "state") == state
    assert stat.S_IMODE(os.stat(tmp_path / "state/server.json").st_mode) == 0o600
    assert os.getpgid(state.pid) == state.pid
    await running.stop()
    assert not running.alive
    assert not psutil.pid_exists(state.pid)
    assert read_state(tmp_path / "state") is None
    assert not (tmp_path / "state/server.json").exists()


@pytest.mark.parametrize(
    ("text", "timeout_s", "reason"),
    [("#!/bin/sh\nexit 3\n", 120.0, "ended by itself"), ("#!/bin/sh\nsleep 60\n", 1.0, "did not answer")],
)
async def test_a_server_that_does_not_start_is_ended_and_told(
    tmp_path: Path, text: str, timeout_s: float, reason: str
) -> None:
    running = RasaServer(tmp_path, tmp_path / "state", script(tmp_path, text))
    with pytest.raises(Unavailable) as caught:
        await running.start(tmp_path / "m.tar.gz", timeout_s=timeout_s)
    assert caught.value.code == "rasa-did-not-start"
    assert reason in caught.value.message
    assert not running.alive


@pytest.mark.real
def test_the_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    project = Path(__file__).resolve().parents[2]
    parent = (
        "import pathlib, sys, time; from assistant.understanding.server import RasaServer;"
        "from assistant.understanding.environment import find_rasa; p = pathlib.Path(sys.argv[1]);"
        "print(RasaServer(p, pathlib.Path(sys.argv[2]), find_rasa(p)).spawn(pathlib.Path('m.tar.gz')).pid, flush=True);"
        "time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", parent, str(project), str(tmp_path)], cwd=project, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    child = psutil.Process(int(starter.stdout.readline()))
    assert "rasa" in child.cmdline()  # the signal was asked for before: it holds from the first moment
    starter.kill()
    starter.wait()
    starter.stdout.close()
    child.wait(timeout=120)
    assert not psutil.pid_exists(child.pid)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"port": 1}', "\x00"])
def test_a_broken_state_file_is_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "server.json").write_text(content)
    assert read_state(tmp_path) is None


def test_a_process_id_that_was_given_away_is_no_server(tmp_path: Path) -> None:
    state = ServerState(1, "t", os.getpid(), psutil.Process().create_time() - 500, "m")
    write_private(tmp_path / "server.json", json.dumps({f: getattr(state, f) for f in state.__slots__}).encode())
    assert read_state(tmp_path) is None


STARTER = """
import os, sys, pathlib
from assistant.understanding.server import RasaServer
folder = pathlib.Path(sys.argv[1])
print(RasaServer(folder, folder / "state", folder / "python").spawn(folder / "m.tar.gz").pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script(tmp_path, "#!/bin/sh\nexec sleep 300\n")
    done = subprocess.run([sys.executable, "-c", STARTER, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pid = int(done.stdout)
    end = time.monotonic() + 120
    with contextlib.suppress(psutil.NoSuchProcess):
        child = psutil.Process(pid)
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end, "it goes on"
            time.sleep(0.01)
