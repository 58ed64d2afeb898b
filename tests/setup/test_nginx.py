"""The example for nginx: parsed everywhere; where nginx is installed, also run before a service."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.api.audio import MOST_UPLOAD_BYTES
from assistant.settings import Settings
from display_bridge.hub import HEARTBEAT_S
from tests.running import PROJECT

CONF = PROJECT / "docs" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
Block = list[tuple[list[str], "Block | None"]]
_TOKEN = re.compile(r"""\s*(?:#[^\n]*\n|('[^']*'|"[^"]*"|[{};]|[^\s{};'"]+))""")


def parse(text: str) -> Block:
    """nginx's grammar: words ended by a semicolon, or by a block. Raises ValueError."""
    words = [m.group(1) for m in _TOKEN.finditer(text + "\n") if m.group(1)]

    def block(at: int, deep: int) -> tuple[Block, int]:
        found: Block = []
        directive: list[str] = []
        while at < len(words):
            word, at = words[at], at + 1
            if word == ";":
                if not directive:
                    raise ValueError("an empty directive")
                found.append((directive, None))
                directive = []
            elif word == "{":
                inner, at = block(at, deep + 1)
                found.append((directive, inner))
                directive = []
            elif word == "}":
                if directive or not deep:
                    raise ValueError(f"unexpected end of a block after {directive}")
                return found, at
            else:
                directive.append(word)
        if directive or deep:
            raise ValueError(f"the file ends within {directive or 'a block'}")
        return found, at

    return block(0, 0)[0]


@pytest.fixture(scope="module")
def server() -> Block:
    """The directives of the one server."""
    (inner,) = [inner for words, inner in parse(CONF.read_text("utf-8")) if words == ["server"]]
    assert inner is not None
    return inner


def location(server: Block, path: str) -> dict[str, list[list[str]]]:
    """The directives of a location by name."""
    (inner,) = [inner for words, inner in server if words[0] == "location" and words[-1] == path]
    found: dict[str, list[list[str]]] = {}
    for words, _ in inner or []:
        found.setdefault(words[0], []).append(words[1:])
    return found


@pytest.mark.parametrize("broken", ["a b", "a { b;", "a; }", "; "])
def test_the_parser_refuses_what_nginx_refuses(broken: str) -> None:
    with pytest.raises(ValueError, match="directive|block|within"):
        parse(broken)


def test_snapshots_are_cached_for_all_alike_and_nothing_of_a_caller_passes(server: Block) -> None:
    snapshots = location(server, "/api/v1/snapshots/")
    assert snapshots["proxy_cache"] == [["seoula"]]
    assert snapshots["proxy_cache_key"] == [['"$uri"']]
    assert ["Authorization", '""'] in snapshots["proxy_set_header"]
    assert ["Cookie", '""'] in snapshots["proxy_set_header"]
    assert "error" in snapshots["proxy_cache_use_stale"][0]


def test_screens_keep_their_websocket_and_workers_are_no_ones_business(server: Block) -> None:
    ways = location(server, "/ws/")
    assert float(ways["proxy_read_timeout"][0][0].removesuffix("s")) > 2 * HEARTBEAT_S
    headers = [words[1:] for words, _ in server if words[0] == "proxy_set_header"]
    assert ["Upgrade", "$http_upgrade"] in headers
    assert any(name == "X-Forwarded-For" for name, *_ in headers), "else a proxied caller counts as the operator"
    for closed in ("/ws/v1/workers", "/metrics", "/rasa/"):
        assert location(server, closed)["return"] == [["404"]]


def test_ports_and_sizes_are_the_services_own(server: Block) -> None:
    upstream = next(inner for words, inner in parse(CONF.read_text("utf-8")) if words[0] == "upstream")
    assert (["server", f"127.0.0.1:{Settings().server.port}"], None) in (upstream or [])
    assert location(server, "/api/v1/audio")["client_max_body_size"] == [[f"{MOST_UPLOAD_BYTES // 1_000_000}m"]]


class _Service(http.server.BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[httpx.Client]:
    """The example before a service of this test's, without TLS and with folders of its own."""
    assert NGINX
    _Service.asked = []
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = CONF.read_text("utf-8")
    for old, new in (
        ("127.0.0.1:8700", f"127.0.0.1:{behind.server_port}"),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/seoula", str(tmp_path / "cache")),
    ):
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r"\n\s*ssl_certificate[^;]*;", "", text)
    owner = "user root;" if os.getuid() == 0 else ""  # else its workers could not write into this test's folder
    folders = "".join(
        f"{kind}_temp_path {tmp_path / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"{owner}daemon off; pid {tmp_path / 'pid'}; error_log {tmp_path / 'error.log'};"
        f"events {{}} http {{ access_log off; {folders} {text} }}",
        "utf-8",
    )
    process = subprocess.Popen([NGINX, "-p", str(tmp_path), "-e", str(tmp_path / "error.log"), "-c", "nginx.conf"])
    try:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=120) as client:
            yield client
    finally:
        process.terminate()
        process.wait(120)
        behind.shutdown()
        behind.server_close()


if NGINX:  # where it is not installed the grammar and the values above are what is tested

    def test_nginx_itself_caches_a_snapshot_and_closes_what_is_closed(proxied: httpx.Client) -> None:
        secret = {"Authorization": "Bearer secret"}
        answers = [proxied.get("/api/v1/snapshots/ozone", headers=secret) for _ in range(3)]
        assert [a.status_code for a in answers] == [200] * 3
        assert [a.headers["X-Cache"] for a in answers] == ["MISS", "HIT", "HIT"]
        assert _Service.asked == [("/api/v1/snapshots/ozone", None)]
        assert proxied.get("/api/v1/catalog", headers=secret).status_code == 200
        assert _Service.asked[-1] == ("/api/v1/catalog", "Bearer secret")
        for closed in ("/metrics", "/ws/v1/workers/hearing", "/rasa/actions"):
            assert proxied.get(closed).status_code == 404
        assert len(_Service.asked) == 2
