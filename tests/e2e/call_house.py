"""The real product with real consoles in Chromium, a network between them that can be cut, and bare sockets beside."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, Page

from display_bridge.pairing import Pairing
from tests.e2e.call_desk import SPY, poll
from tests.e2e.cut_network import CutNetwork
from tests.running import Product, product, settings_file
from tests.telephony.phone import free_port


class House:
    """A product that can be killed and started again, at the same address and with the same state."""

    def __init__(self, folder: Path, **calls: Any) -> None:
        self.folder, self.port = folder, free_port()
        self.settings = settings_file(
            folder,
            server={"port": self.port},
            opinion={"enabled": False},
            rasa={"enabled": False},
            hearing={"microphone": False},
            speaking={"output": "off"},
            calls=calls,
        )
        self.pairing = Pairing(folder / "var" / "db" / "devices.json")
        self.tokens: dict[str, str] = {}
        self._running = contextlib.ExitStack()
        self.product: Product

    @property
    def origin(self) -> str:
        """Where the product is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it answers and its calling worker works."""
        self.product = self._running.enter_context(product(self.settings))
        self.wait_for("calling")

    def wait_for(self, *components: str) -> None:
        """Until these work."""
        self.product.wait(lambda: all(self.product.component(name).get("state") == "ok" for name in components))

    def kill(self) -> None:
        """As a power cut would; its children die with it."""
        family = psutil.Process(self.product.process.pid).children(recursive=True)
        self.product.process.kill()
        self.stop()
        psutil.wait_procs(family, 30)

    def kill_part(self, name: str) -> int:
        """Kill one of its processes; its number."""
        pid = int(self.product.component(name)["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        """End it."""
        self._running.close()

    def token(self, department: str, number: int = 1) -> str:
        """Of a department's console, paired when it is first asked for."""
        name = f"{department}-{number}"
        if name not in self.tokens:
            self.tokens[name] = self.pairing.issue(role="console", display=name, department=department)[0]
        return self.tokens[name]

    def console(self, browser: Browser, department: str, network: CutNetwork | None = None) -> Page:
        """The page of a department's console, in a profile of its own. network: that its media go through."""
        made = browser.new_page(viewport={"width": 960, "height": 640})
        made.add_init_script(SPY)
        if network is not None:
            network.between(made, self.origin.replace("http", "ws") + "/ws/v1/calls*")
        made.goto(f"{self.origin}/console#token={self.token(department)}")
        self.connected(made)
        return made

    def connected(self, *pages: Page) -> None:
        """Until the line of each page to the product stands."""
        for made in pages:
            poll(made, lambda made=made: made.get_attribute("body", "data-link") == "open", "the line is not there")  # type: ignore[misc]
            made.wait_for_selector(".departments li, .call-view")

    def log(self, department: str) -> list[dict[str, Any]]:
        """The call log as a console may read it, the newest first."""
        headers = {"Authorization": f"Bearer {self.token(department)}"}
        found: list[dict[str, Any]] = httpx.get(f"{self.origin}/api/v1/calls", headers=headers, timeout=20).json()[
            "calls"
        ]
        return found


@contextlib.contextmanager
def house(folder: Path, **calls: Any) -> Iterator[House]:
    """A running one."""
    made = House(folder, **calls)
    try:
        made.start()
        yield made
    finally:
        made.stop()
