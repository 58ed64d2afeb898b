"""Cameras under our own origin: what is passed on, to whom, and that nothing else of the camera's server is reached."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.api import camera_streams
from assistant.contracts import ConfigError
from assistant.settings import CameraSettings, Settings
from content_registry.schema import Visibility
from display_bridge.cameras import Camera, Cameras, Source
from tests.assistant.api_app import Application

FRAME = b"\xff\xd8frame\xff\xd9"
PLAYLIST = b'#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2,\nseg1.ts\n#EXTINF:2,\nhttp://elsewhere.example/x.ts\n'
SEEN: list[tuple[str, str, bytes]] = []


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, path, _ = head.split(" ", 2)
    length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
    body = await reader.readexactly(length)
    SEEN.append((method, path, body))
    kinds = {
        "/cam/index.m3u8": ("application/vnd.apple.mpegurl", PLAYLIST),
        "/cam/seg1.ts": ("video/mp2t", b"segment"),
        "/cam/video": ("Multipart/X-Mixed-Replace; boundary=OurFrames", b"--OurFrames\r\n\r\n" + FRAME),
        "/cam/whep": ("application/sdp", b"v=0 answer"),
        "/cam/long": ("application/sdp", b"v" * 200_000),
        "/cam/page.html": ("text/html", b"<p>settings of the camera</p>"),
    }
    kind, content = kinds.get(path, ("text/plain", b"no"))
    status = b"200 OK" if path in kinds else b"404 Not Found"
    span = re.search(r"(?im)^range: bytes=(\d+)-(\d+)", head)
    if span and kind == "video/mp2t":
        first, last = int(span[1]), min(int(span[2]), len(content) - 1)
        status = f"206 Partial Content\r\nContent-Range: bytes {first}-{last}/{len(content)}".encode()
        content = content[first : last + 1]
    writer.write(b"HTTP/1.1 " + status + f"\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode())
    writer.write(content)
    await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def cameras(api: Application) -> AsyncIterator[str]:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cam"
    sources: tuple[tuple[str, str, Source, Visibility], ...] = (
        ("gate", "index.m3u8", "hls", Visibility.INTERNAL),
        ("square", "video", "mjpeg", Visibility.INTERNAL),
        ("river", "whep", "whep", Visibility.INTERNAL),
        ("flood", "long", "whep", Visibility.INTERNAL),
        ("hill", "index.m3u8", "hls", Visibility.PUBLIC),
        ("page", "page.html", "mjpeg", Visibility.INTERNAL),
        ("vault", "video", "mjpeg", Visibility.PRIVATE),
    )
    api.app.state.cameras = Cameras(
        [Camera(name, name, "시청", f"{base}/{path}", source, visibility=seen) for name, path, source, seen in sources]
    )
    SEEN.clear()
    async with server:
        yield base


async def test_a_paired_office_screen_gets_the_picture(api: Application) -> None:
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    async with cameras(api) as base:
        listed = await api.http.get("/api/v1/cameras/gate/live", headers=office)
        assert listed.status_code == 200
        assert 'URI="live/init.mp4"' in listed.text
        assert "\nlive/seg1.ts\n" in listed.text
        assert base not in listed.text
        segment = await api.http.get("/api/v1/cameras/gate/live/seg1.ts", headers=office)
        assert segment.content == b"segment"
        stream = await api.http.get("/api/v1/cameras/square/live", headers=office)
        assert FRAME in stream.content
        boundary = stream.headers["content-type"].partition("boundary=")[2]
        assert stream.content.startswith(f"--{boundary}\r\n".encode()), "a browser finds the pictures by it"
        offer = {**office, "content-type": "application/sdp"}
        answer = await api.http.post("/api/v1/cameras/river/live", headers=offer, content=b"v=0 offer")
        assert (answer.status_code, answer.content) == (200, b"v=0 answer")
        assert ("POST", "/cam/whep", b"v=0 offer") in SEEN


async def test_a_part_of_a_segments_file_is_passed_on(api: Application) -> None:
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    async with cameras(api):
        path = "/api/v1/cameras/gate/live/seg1.ts"
        part = await api.http.get(path, headers={**office, "range": "bytes=1-3"})
        assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"egm", "bytes 1-3/7")
        for odd in ("bytes=0-1,3-4", "bytes=-3", "lines=1-2", "bytes=1-3\t", "bytes=" + "9" * 30 + "-"):
            whole = await api.http.get(path, headers={**office, "range": odd})
            assert (whole.status_code, whole.content) == (200, b"segment"), odd


async def test_nobody_else_does(api: Application) -> None:
    async with cameras(api):
        for camera in ("gate", "square", "vault", "none"):
            path = f"/api/v1/cameras/{camera}/live"
            unknown = await api.http.get(path)
            assert (unknown.status_code, unknown.json()["code"]) == (401, "token-needed"), camera
            for role, display in (("kiosk", "lobby"), ("web", "citizen")):
                citizen = await api.http.get(path, headers={"authorization": f"Bearer {api.token(role, display)}"})
                assert citizen.status_code == 404, (camera, role)
        office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
        assert (await api.http.get("/api/v1/cameras/vault/live", headers=office)).status_code == 404
        assert SEEN == [], "no camera was asked"
        assert (await api.http.get("/api/v1/cameras/hill/live")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "a%0ab",
        "seg1.ts%7f",
        "../secret",
        "%2e%2e/secret",
        "a/../../secret",
        "http:/x",
        "..%5csecret",
        "/etc",
        "a%2f..%2f..%2fb",
        "%252e%252e/secret",
        "a%0ab.ts",
        "a%00.ts",
        "a%7f.ts",
    ],
)
async def test_nothing_beside_the_cameras_folder_is_fetched(api: Application, path: str) -> None:
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    async with cameras(api):
        answer = await api.http.get(f"/api/v1/cameras/gate/live/{path}", headers=office)
        assert 400 <= answer.status_code < 500
        assert all(asked.startswith("/cam/") for _, asked, _ in SEEN)


async def test_so_many_streams_run_at_once_and_no_place_is_lost(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    square, most = "/api/v1/cameras/square/live", 3
    monkeypatch.setattr(camera_streams, "MOST_STREAMS", most)

    async def status(path: str) -> int:
        return (await api.http.get(path, headers=office)).status_code

    async with cameras(api):
        paths = (square, "/api/v1/cameras/gate/live", "/api/v1/cameras/page/live", "/api/v1/cameras/gate/live/no.ts")
        for _ in range(most + 1):  # whatever becomes of a stream, its place is free again
            assert [await status(path) for path in paths] == [200, 200, 503, 503]
        together = await asyncio.gather(*(status(square) for _ in range(2 * most)))
        assert sorted(together) == [200] * most + [503] * most
        assert await status(square) == 200


HOSTILE = {
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
    "no-http": b"\x00\xff garbage\r\n\r\n",
    "no-length": b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: -5\r\n\r\nx",
    "letters": "HTTP/1.1 200 OK\r\nContent-Type: video/가나\r\n\r\nx".encode(),
    "drawing": b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n<svg><script/></svg>",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\nContent-Length: 99\r\n\r\n#EXTM3U",
    "bomb": b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\nContent-Encoding: gzip, gzip\r\n\r\n"
    + gzip.compress(gzip.compress(bytes(5_000_000), 1)),
    "long": b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\n\r\n" + b"#\n" * 600_000,
    "endless": b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\n\r\n#EXTM3U\n",
    "whep/long": b"HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\n\r\n" + b"v=0\r\n" * 60_000,
    "whep/endless": b"HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n",
}


@contextlib.asynccontextmanager
async def hostile(api: Application) -> AsyncIterator[None]:
    """One camera for each of HOSTILE; those that never end send a byte now and then."""

    serving = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with contextlib.suppress(OSError):
            name = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode().strip("/")
            writer.write(HOSTILE[name])
            while "endless" in name:
                writer.write(b"#")
                await writer.drain()
                await asyncio.sleep(0.02)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sources: dict[str, Source] = {name: "whep" if name.startswith("whep") else "hls" for name in HOSTILE}
    api.app.state.cameras = Cameras(
        [Camera(name.replace("/", "-"), name, "시청", f"{base}/{name}", source, visibility=Visibility.PUBLIC)
         for name, source in sources.items()]
    )  # fmt: skip
    async with server:
        yield
        await asyncio.gather(*(task for task in serving if task))


async def test_whatever_a_cameras_server_sends_is_a_refusal_and_no_place_is_lost(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_streams, "SILENCE_S", 0.3)
    async with hostile(api):
        for name in HOSTILE:
            path = f"/api/v1/cameras/{name.replace('/', '-')}/live"
            kind = {"content-type": "application/sdp"}
            ask = api.http.post(path, headers=kind, content=b"v=0") if "whep" in name else api.http.get(path)
            answer = await ask
            if name == "bomb":  # its bytes are no playlist, and are not unpacked
                assert len(answer.content) < 1_000_000
                continue
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), name
            assert answer.json()["code"] in ("camera-refused", "camera-unreachable"), name
            assert "127.0.0.1" not in answer.text
    assert camera_streams._SLOTS.taken == 0


async def test_a_cameras_answer_is_no_page_of_ours(api: Application) -> None:
    async with cameras(api):
        answer = await api.http.get("/api/v1/cameras/hill/live")
        assert answer.headers["content-security-policy"] == "sandbox"


async def test_what_is_no_picture_is_not_passed_on(api: Application) -> None:
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    async with cameras(api):
        answer = await api.http.get("/api/v1/cameras/page/live", headers=office)
        assert (answer.status_code, answer.json()["code"]) == (503, "camera-refused")
        answer = await api.http.get("/api/v1/cameras/gate/live/none.ts", headers=office)
        assert answer.status_code == 503
        offer = {**office, "content-type": "application/sdp"}
        answer = await api.http.post("/api/v1/cameras/flood/live", headers=offer, content=b"v=0 offer")
        assert (answer.status_code, answer.json()["code"]) == (503, "camera-refused")
    dead = await api.http.get("/api/v1/cameras/gate/live", headers=office)
    assert (dead.status_code, dead.json()["code"]) == (503, "camera-unreachable")


async def test_a_playlist_that_never_ends_gives_its_place_back(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = asyncio.Event()

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n#EXTM3U\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(500):
                writer.write(b"#")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        cut_off.set()

    monkeypatch.setattr(camera_streams, "SILENCE_S", 0.2)
    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/index.m3u8"
        api.app.state.cameras = Cameras([Camera("hill", "언덕", "시청", url, "hls", visibility=Visibility.PUBLIC)])
        before = camera_streams._SLOTS.taken
        answer = await asyncio.wait_for(api.http.get("/api/v1/cameras/hill/live"), 120)
        assert (answer.status_code, answer.json()["code"]) == (503, "camera-unreachable")
        assert camera_streams._SLOTS.taken == before
        await asyncio.wait_for(cut_off.wait(), 120)


NAMES = st.from_regex(r"[a-z0-9_-]{1,12}(/[a-z0-9_-]{1,8}){0,2}\.(ts|m3u8|mp4)", fullmatch=True)


@given(st.lists(NAMES, max_size=5), st.booleans())
def test_a_playlist_names_its_parts_below_our_path(names: list[str], absolute: bool) -> None:
    root = "http://camera.example:8888/site/index.m3u8"
    given_names = [f"http://camera.example:8888/site/{name}" if absolute else name for name in names]
    text = "#EXTM3U\n" + "\n".join(given_names)
    lines = camera_streams.playlist(text, root, root, "").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [f"live/{name}" for name in names]


@given(st.text() | st.text(alphabet='\0#?./:[]ab "\nURI=', max_size=40))
@example("\0")
@example('#EXT-X-MAP:URI="#a"')
def test_any_playlist_is_read_and_tells_no_key(text: str) -> None:
    address = "http://user:word@c.example/a/b.m3u8?key=SECRET"
    told = camera_streams.playlist(text, address, address, "")
    assert "SECRET" not in told
    assert "user:word" not in told


@pytest.mark.parametrize("line", ["http://[::1", '#EXT-X-KEY:METHOD=AES-128,URI="http://[bad/key"'])
def test_what_is_no_address_is_outside(line: str) -> None:
    told = camera_streams.playlist(line, "http://c.example/a/b.m3u8", "http://c.example/a/b.m3u8", "")
    assert "live/outside" in told
    assert "http:" not in told


def test_a_playlist_tells_no_address_outside_the_cameras_folder() -> None:
    root = "http://camera.example:8888/site/index.m3u8"
    text = "#EXTM3U\nhttp://10.0.0.7/secret/a.ts?token=t\n../other/b.ts"
    made = camera_streams.playlist(text, root, root, "")
    assert "10.0.0.7" not in made
    assert "token" not in made
    assert made.splitlines()[1:] == ["live/outside"] * 2


def test_the_settings_tell_how_a_camera_is_watched(tmp_path: Path) -> None:
    def kind(url: str) -> str:
        return CameraSettings(id="a", name="가", url=url).kind()

    assert [kind(f"http://c/{end}") for end in ("a.m3u8", "a.m3u8?t=1", "x/whep", "video.mjpg")] == [
        "hls", "hls", "whep", "mjpeg",
    ]  # fmt: skip
    from assistant.app import site_cameras

    twice = [CameraSettings(id="a", name="가", url="http://c/a.m3u8")] * 2
    with pytest.raises(ConfigError, match="twice"):
        site_cameras(Settings(cameras=twice, state_dir=tmp_path))
