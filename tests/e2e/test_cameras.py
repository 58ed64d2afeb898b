"""The video wall in real Chromium: HLS, MJPEG and WebRTC cameras run, a dead one says so and comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import expect

from assistant.api import camera_streams
from content_registry.schema import Visibility
from display_bridge.cameras import Camera, Cameras
from display_bridge.city_data import SimulatedCityData
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData
from tests.e2e.fed_screen import REGISTRY, FedScreen, fed_screen
from tests.e2e.whep_server import whep_server

pytestmark = pytest.mark.real

BRIGHT = """(e) => { const c = document.createElement('canvas'); c.width = 16; c.height = 9;
  const x = c.getContext('2d');
  x.drawImage(e, 0, 0, 16, 9); return x.getImageData(0, 0, 16, 9).data.filter((_, i) => i % 4 === 0)
  .reduce((a, b) => a + b, 0) / 144; }"""


def record(folder: Path) -> None:
    """Twelve seconds of a picture that grows brighter, as an HLS playlist with its segments."""
    with av.open(str(folder / "index.m3u8"), "w", format="hls", options={"hls_time": "2", "hls_list_size": "0"}) as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.codec_context.gop_size = 10
        for number in range(120):
            frame = av.VideoFrame.from_ndarray(np.full((90, 160, 3), 80 + number, np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


class Source(BaseHTTPRequestHandler):
    """A camera server: files of a folder, a picture stream, and one camera that can be switched off."""

    folder: Path
    dead = threading.Event()
    ending = threading.Event()

    def do_GET(self) -> None:
        """One request."""
        path = self.folder / self.path.lstrip("/").partition("?")[0]
        if self.path == "/video":
            self.stream()
        elif path.is_file():
            kind = "application/vnd.apple.mpegurl" if path.suffix == ".m3u8" else "video/mp2t"
            self.answer(kind, path.read_bytes())
        else:
            self.send_error(404)

    def answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stream(self) -> None:
        if self.dead.is_set():
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        self.end_headers()
        target = BytesIO()
        Image.new("RGB", (160, 90), (200, 60, 60)).save(target, "JPEG")
        while not self.dead.is_set() and not self.ending.wait(0.1):
            self.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\n\r\n" + target.getvalue() + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FedScreen]:
    folder = tmp_path_factory.mktemp("cameras")
    record(folder)
    Source.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    with whep_server() as river:
        cameras = Cameras(
            [
                Camera("gate", "정문", "중구", f"{base}/index.m3u8", "hls", visibility=Visibility.PUBLIC),
                Camera("square", "광장", "종로구", f"{base}/video", "mjpeg", visibility=Visibility.PUBLIC),
                Camera("river", "한강", "용산구", river, "whep", visibility=Visibility.PUBLIC),
                *(
                    Camera(f"gone-{n}", f"고장 {n}", "중구", f"{base}/none", "mjpeg", visibility=Visibility.PUBLIC)
                    for n in range(8)
                ),
            ]
        )
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.state.cameras = cameras
        app.include_router(camera_streams.router)
        city = ShelvedCityData(SimulatedCityData(), Shelf(None), REGISTRY, cameras)
        with fed_screen(app=app, city=city, more=("--allow-loopback-in-peer-connection",)) as screen:
            yield screen
    Source.ending.set()
    server.shutdown()
    server.server_close()


def test_cameras_run_and_a_dead_one_says_so(wall: FedScreen) -> None:
    page = wall.page
    wall.show("cctv", {"item": "grid-4"})
    assert page.locator("seoula-camera").count() == 4
    for number, tag in ((0, "video"), (1, "canvas"), (2, "video")):
        camera = page.locator("seoula-camera").nth(number)
        expect(camera).to_have_attribute("data-state", "live")
        assert camera.locator(tag).evaluate(BRIGHT) > 60, "there is a picture"
    gone = page.locator("seoula-camera").nth(3)
    expect(gone).to_contain_text("다시 연결합니다")  # between its tries
    expect(gone).to_have_attribute("data-state", "lost")


def test_a_camera_that_stops_is_connected_anew(wall: FedScreen) -> None:
    wall.show("cctv", {"item": "square"})
    camera = wall.page.locator("seoula-camera")
    expect(camera).to_have_attribute("data-state", "live")
    Source.dead.set()
    expect(camera).to_have_attribute("data-state", "lost")
    Source.dead.clear()
    expect(camera).to_have_attribute("data-state", "live")


def test_a_camera_is_enlarged_and_the_wall_divided(wall: FedScreen) -> None:
    page = wall.page
    wall.show("cctv")
    assert page.locator("seoula-camera").count() == 9
    wall.commands()
    page.locator(".cameras .pane").first.click()
    assert wall.commands(1) == [("select", {"item": "gate"})]
    wall.show("cctv", {"item": "gate"})
    assert page.locator("seoula-camera").count() == 1
    page.locator(".cameras .pane").click()
    page.locator(".wall-controls button", has_text="4개씩").click()
    assert wall.commands(2) == [("select", {"item": "grid-9"}), ("select", {"item": "grid-4"})]
    wall.show("cctv", number=1)
    assert page.locator("seoula-camera").count() == 2, "the rest stand on the next page"


def test_no_address_of_a_camera_is_in_what_screens_get(wall: FedScreen) -> None:
    assert "127.0.0.1" not in str(wall.document("cctv"))


def test_without_cameras_the_wall_says_so(wall: FedScreen) -> None:
    wall.show("fire-drone")
    assert "연결된 카메라가 없습니다" in wall.page.locator(".no-cameras").inner_text()
