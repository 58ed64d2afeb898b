"""Starts the real product as a child process for end-to-end and fault tests, on a free loopback port."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0
"""For whatever is waited for: a machine under load may need it, and where all is well it costs nothing."""
START_TIMEOUT_S = 400.0
"""Generous: on a busy machine the model may have to be trained first."""


@dataclass
class Product:
    """A running `seoula run`."""

    process: subprocess.Popen[str]
    origin: str
    addresses: list[dict[str, Any]]
    settings: Path
    log: Path

    def get(self, path: str) -> Any:
        """GET a JSON document."""
        return httpx.get(self.origin + path, timeout=PATIENCE_S).json()

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """POST a JSON document."""
        return httpx.post(self.origin + path, json=body, timeout=PATIENCE_S)

    def show(self, display: str, panel: str) -> None:
        """Show a panel on a display."""
        answer = self.post(f"/api/v1/displays/{display}/commands", {"op": "show", "panel": panel})
        assert answer.status_code == 200, answer.text
        assert was_shown(answer.json()), answer.text

    def wait(self, test: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Until `test` holds."""
        until = time.monotonic() + timeout_s
        while not test():
            assert time.monotonic() < until, "the product did not get there in time"
            time.sleep(0.1)

    def component(self, name: str) -> dict[str, Any]:
        """State of one component from /readyz."""
        component: dict[str, Any] = self.get("/readyz")["components"].get(name, {})
        return component

    def wait_ready(self) -> None:
        """Until every component works."""
        self.wait(lambda: bool(self.get("/readyz")["ready"]), START_TIMEOUT_S)

    def stop(self) -> int:
        """End it as a person would, with an interrupt."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


def was_shown(answer: dict[str, Any]) -> bool:
    """Whether a command was carried out. That the page has it is the caller's to see, as a person would:
    a picture that is drawn without a GPU, beside other tests, may be late for the assistant's answer."""
    outcome = answer["outcome"]
    return outcome["code"] == "shown" or outcome["reason"] == "display-late"


def settings_file(folder: Path, **values: Any) -> Path:
    """A settings file with a state folder of its own that shares the trained model and the map.

    Not the model's server: a service of this folder's own must neither be used nor be killed by a test.
    """
    state = folder / "var"
    (state / "rasa").mkdir(parents=True, exist_ok=True)
    for shared in ("rasa/models", "rasa/embeddings.sqlite", "web"):
        link, target = state / shared, PROJECT / "var" / shared
        if not link.exists() and target.exists():
            link.symlink_to(target)
    lines = [f'state_dir = "{state}"']
    for section, entries in values.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in entries.items()]
    file = folder / "settings.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@contextlib.contextmanager
def product(settings: Path, project: Path = PROJECT) -> Iterator[Product]:
    """Run the product with a settings file; always ended. project: another copy of it."""
    log = settings.parent / "seoula.log"
    with log.open("a", encoding="utf-8") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "run", "--settings", str(settings)],
            cwd=project,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    try:
        assert process.stdout is not None
        addresses = []
        for line in process.stdout:
            addresses.append(json.loads(line))
            if addresses[-1].get("last"):
                break
        assert addresses, f"it did not start: {log.read_text(encoding='utf-8')[-2000:]}"
        yield Product(process, addresses[0]["origin"], addresses, settings, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
