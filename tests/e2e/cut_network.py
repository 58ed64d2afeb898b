"""The network between two pages, in the hands of a test: every UDP packet of their media passes through here, and none
does while it is cut. What a page tells of its own addresses is replaced by ports of ours on its way to the other."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Any, cast

from playwright.sync_api import Page, WebSocketRoute

from tests.running import PATIENCE_S

CANDIDATE = re.compile(r"(candidate:\S+ \d+ udp \d+ )(\S+) (\d+)( typ host)", re.IGNORECASE)


class _Inside(asyncio.DatagramProtocol):
    """A port of ours that stands for the peer who sent here, towards the page."""

    def __init__(self, outside: _Outside, peer: tuple[str, int]) -> None:
        self.outside, self.peer = outside, peer

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.outside.network.pass_on(self.outside.transport, data, self.peer)


class _Outside(asyncio.DatagramProtocol):
    """A port of ours that stands for an address of a page, towards everybody else."""

    transport: asyncio.DatagramTransport

    def __init__(self, network: CutNetwork, page: tuple[str, int]) -> None:
        self.network, self.page = network, page
        self.insides: dict[tuple[str, int], asyncio.DatagramTransport] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (inside := self.insides.get(addr)) is not None:
            self.network.pass_on(inside, data, self.page)
            return
        self.network.opening.append(asyncio.ensure_future(self._open(data, addr)))

    async def _open(self, data: bytes, addr: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_datagram_endpoint(lambda: _Inside(self, addr), ("127.0.0.1", 0))
        self.network.opened.append(made)
        self.insides.setdefault(addr, made)
        self.network.pass_on(self.insides[addr], data, self.page)


class CutNetwork:
    """passed, dropped: packets so far."""

    def __init__(self) -> None:
        self.cut = False
        self.passed = self.dropped = 0
        self._ports: dict[tuple[str, int], int] = {}
        self.opened: list[asyncio.DatagramTransport] = []
        self.opening: list[asyncio.Future[None]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def pass_on(self, by: asyncio.DatagramTransport, data: bytes, to: tuple[str, int]) -> None:
        """One packet, or none."""
        if self.cut:
            self.dropped += 1
            return
        self.passed += 1
        by.sendto(data, to)

    def between(self, made: Page, address: str) -> None:
        """Put a page's line to the hub under this eye: what it tells of its addresses becomes ours."""

        def opened(line: WebSocketRoute) -> None:
            server = line.connect_to_server()
            line.on_message(lambda text: server.send(self._told(text)))

        made.route_web_socket(address, opened)

    def close(self) -> None:
        """End it."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self.cut = True
        await asyncio.gather(*self.opening)
        for transport in self.opened:
            transport.close()
        await asyncio.sleep(0.1)  # they are closed in the next turns

    def _told(self, text: str | bytes) -> str | bytes:
        message: Any = json.loads(text)
        if message.get("t") == "rtc.ice" and message.get("cand"):
            message["cand"]["candidate"] = self._ours(message["cand"]["candidate"])
        elif message.get("t") == "rtc.desc":
            message["desc"]["sdp"] = self._ours(message["desc"]["sdp"])
        else:
            return text
        return json.dumps(message)

    def _ours(self, text: str) -> str:
        return CANDIDATE.sub(lambda found: f"{found[1]}127.0.0.1 {self._port(found[2], int(found[3]))}{found[4]}", text)

    def _port(self, host: str, port: int) -> int:
        if (host, port) not in self._ports:
            self._ports[host, port] = asyncio.run_coroutine_threadsafe(
                self._stand_for((host, port)), self._loop
            ).result(PATIENCE_S)
        return self._ports[host, port]

    async def _stand_for(self, page: tuple[str, int]) -> int:
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_datagram_endpoint(lambda: _Outside(self, page), ("127.0.0.1", 0))
        self.opened.append(made)
        return int(made.get_extra_info("sockname")[1])
