"""A camera that is watched by WebRTC: a WHEP endpoint with real media, in a thread of its own, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aioice.ice
import av
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from tests.running import PATIENCE_S


class BrightPicture(VideoStreamTrack):  # type: ignore[misc]  # aiortc's classes have no types
    """A light grey picture, 160 x 96, thirty a second."""

    async def recv(self) -> av.VideoFrame:
        """The next one."""
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame.from_ndarray(np.full((96, 160, 3), 170, np.uint8), format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class WhepCamera:
    """Answers each offer with the picture."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._peers: list[RTCPeerConnection] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def answer(self, offer: str) -> str:
        """The answer's SDP."""
        return self._run(self._answer(offer)).result(PATIENCE_S)

    def close(self) -> None:
        """Hang up on everybody, end the thread."""
        self._run(self._cut()).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _answer(self, offer: str) -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.append(peer)
        peer.addTrack(BrightPicture())
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return str(peer.localDescription.sdp)

    async def _cut(self) -> None:
        peers, self._peers = self._peers, []
        await asyncio.gather(*(peer.close() for peer in peers))


@contextlib.contextmanager
def whep_server() -> Iterator[str]:
    """The address of the endpoint."""
    camera = WhepCamera()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """An offer."""
            answer = camera.answer(self.rfile.read(int(self.headers["Content-Length"])).decode()).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/sdp")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        # aioice names no loopback address by itself, and a machine of tests may have no other.
        patch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/whep"
        finally:
            server.shutdown()
            server.server_close()
            camera.close()
