"""The real product with real consoles in Chromium, a network between them that can be cut, and bare sockets beside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, Page
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from display_bridge.pairing import Pairing
from tests.e2e.browser import profile
from tests.e2e.call_desk import SPY, poll
from tests.e2e.cut_network import CutNetwork
from tests.running import PATIENCE_S, Product, product, settings_file
from tests.telephony.phone import free_port


class Socket:
    """A bare client of the call hub. welcome: what it was told first."""

    def __init__(self, origin: str, token: str, **hello: Any) -> None:
        address = origin.replace("http", "ws") + "/ws/v1/calls"
        offered = [Subprotocol("seoula"), Subprotocol(f"token.{token}")]
        self._open = contextlib.ExitStack()
        # Everything is taken from the network at once: many of these are hardly ever read.
        quick = connect(
            address, subprotocols=offered, max_queue=None, ping_interval=None, open_timeout=PATIENCE_S, close_timeout=2,
            proxy=None,
        )  # fmt: skip
        self._socket = self._open.enter_context(quick)
        self.kept: list[dict[str, Any]] = []
        self.say("hello", v=1, **hello)
        self.welcome = self.get("welcome")

    def say(self, t: str, **fields: Any) -> None:
        """Send a message. Raises Refused."""
        try:
            self._socket.send(json.dumps({"t": t, **fields}))
        except ConnectionClosed as closed:
            raise Refused(closed.rcvd.reason if closed.rcvd else "") from closed

    def get(self, *kinds: str, **fields: Any) -> dict[str, Any]:
        """The next message of one of these kinds with these fields; what comes before it is dropped. Raises Refused."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                message: dict[str, Any] = json.loads(self._socket.recv(max(0.0, until - time.monotonic())))
            except ConnectionClosed as closed:
                raise Refused(closed.rcvd.reason if closed.rcvd else "") from closed
            self.kept.append(message)
            if message["t"] in kinds and fields.items() <= message.items():
                return message

    def refused(self) -> str:
        """Until the hub closes it: why."""
        try:
            self.get("never")
        except Refused as refused:
            return str(refused)
        raise AssertionError

    def close(self) -> None:
        """Go."""
        self._open.close()


class Refused(Exception):
    """The hub has closed a connection: for this reason."""


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
        made = profile(browser, 960, 640).new_page()
        made.add_init_script(SPY)
        if network is not None:
            network.between(made, self.origin.replace("http", "ws") + "/ws/v1/calls*")
        made.goto(f"{self.origin}/console#token={self.token(department)}")
        self.connected(made)
        return made

    def socket(self, department: str, number: int = 1, **hello: Any) -> Socket:
        """A console without a page."""
        return Socket(self.origin, self.token(department, number), **hello)

    def connected(self, *pages: Page) -> None:
        """Until the line of each page to the product stands."""
        for made in pages:
            poll(made, lambda made=made: made.get_attribute("body", "data-link") == "open", "the line is not there")  # type: ignore[misc]
            made.wait_for_selector(".departments li, .call-view")

    def log(self, department: str) -> list[dict[str, Any]]:
        """The call log as a console may read it, the newest first."""
        headers = {"Authorization": f"Bearer {self.token(department)}"}
        found: list[dict[str, Any]] = httpx.get(
            f"{self.origin}/api/v1/calls", headers=headers, timeout=PATIENCE_S
        ).json()["calls"]
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
