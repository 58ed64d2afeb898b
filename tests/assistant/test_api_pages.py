"""The pages: a strict policy, nothing from elsewhere, and no way out of the folders that are served."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from assistant.api.pages import policy
from assistant.api.web_build import WEB
from tests.assistant.api_app import Application

PAGES = ("/", "/runs", "/cameras", "/screen/wall/main", "/docs", "/console", "/scene")
INLINE = re.compile(r"<script((?:(?!src=)[^>])*)>(.*?)</script>", re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_carries_a_policy_that_fits_it(api: Application, path: str) -> None:
    answer = await api.http.get(path)
    assert answer.status_code == 200
    csp = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert csp["default-src"] == "'self'"
    assert csp["frame-ancestors"] == "'self'"
    assert csp["base-uri"] == "'none'"
    allowed = csp["script-src"].split()
    assert "'unsafe-inline'" not in allowed
    assert "'unsafe-eval'" not in allowed
    inline = INLINE.findall(answer.text)
    assert len(allowed) == 1 + len(inline)
    for attributes, body in inline:
        assert 'type="importmap"' in attributes
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere_and_has_no_handlers_in_its_markup(
    api: Application, path: str
) -> None:
    text = (await api.http.get(path)).text
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", text)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", text)
    assert "javascript:" not in text


async def test_what_a_page_names_is_there(api: Application) -> None:
    for path in PAGES:
        text = (await api.http.get(path)).text
        for name in set(re.findall(r'(?:src|href)="(/web/[^"]+)"', text)):
            assert (await api.http.get(name)).status_code == 200, name


async def test_the_chooser_leads_to_a_kiosk_too(api: Application) -> None:
    links = re.findall(r'href="(/screen/[^"]+)"', (await api.http.get("/")).text)
    assert {link.split("/")[2] for link in links} >= {"wall", "tv", "kiosk"}
    assert "/screen/kiosk/lobby" in links, "the one that `seoula run` prints"
    for link in links:
        assert (await api.http.get(link)).status_code == 200


def test_the_text_of_the_pages_grows_with_the_screen() -> None:
    css = (WEB / "css" / "site.css").read_text("utf-8")
    found = re.search(r"font-size: clamp\((\d+)px, calc\((\d+)px \+ ([\d.]+)vw\), (\d+)px\)", css)
    assert found
    least, base, share, most = map(float, found.groups())
    at = {width: min(max(least, base + share * width / 100), most) for width in (1280, 1920, 3840, 7680)}
    assert at[3840] >= 1.7 * at[1920], "a 4K screen is as large as it was, with four times the dots"
    assert at[7680] >= 1.7 * at[3840]


def test_an_edited_script_changes_the_policy() -> None:
    page = "<script type='importmap'>{}</script><script src='/x.js'></script>"
    assert policy(page).count("sha256-") == 1
    assert policy(page) != policy(page.replace("{}", "{ }"))


async def test_foreign_pages_of_documentation_are_gone(api: Application) -> None:
    assert (await api.http.get("/redoc")).status_code == 404
    text = (await api.http.get("/docs")).text
    for route in (await api.http.get("/openapi.json")).json()["paths"]:
        assert route in text


WAYS_OUT = (
    "../../../pyproject.toml",
    "..%2f..%2f..%2fpyproject.toml",
    "%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
    "..%5c..%5cpyproject.toml",
    "....//....//pyproject.toml",
    "%00",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..%c0%af..%c0%afpyproject.toml",
    "a" * 5000,
    "",
)


@pytest.mark.parametrize("mount", ["/web", "/vendor/lit-html", "/vendor/nothing", "/web-data", "/audio"])
async def test_no_path_leads_out_of_a_folder(api: Application, mount: str) -> None:
    for way in WAYS_OUT:
        answer = await api.http.get(f"{mount}/{way}")
        assert answer.status_code in (404, 405), way
        assert answer.headers["content-type"] == "application/problem+json", way


async def test_a_page_that_is_loaded_anew_gets_the_modules_of_one_version(api: Application) -> None:
    first = await api.http.get("/web/main.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await api.http.get("/web/main.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


async def test_a_text_is_packed_for_a_browser_that_takes_it_and_for_no_other(api: Application) -> None:
    path = "/web/css/maps.css"
    plain = await api.http.get(path, headers={"Accept-Encoding": "identity"})
    packed = await api.http.get(path, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content == (WEB / "css" / "maps.css").read_bytes()
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["cache-control"] == "no-cache"
    for refused in ("identity", "gzip;q=0", "br, *;q=0", ""):
        answer = await api.http.get(path, headers={"Accept-Encoding": refused})
        assert "content-encoding" not in answer.headers, refused
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_packed_file_that_has_not_changed_is_not_sent_again(api: Application) -> None:
    path = "/web/main.js"
    first = await api.http.get(path, headers={"Accept-Encoding": "gzip"})
    again = await api.http.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


async def test_parts_of_files_and_what_is_packed_already_go_as_they_lie(api: Application) -> None:
    head = {"Accept-Encoding": "gzip"}
    part = await api.http.get("/web/main.js", headers=head | {"Range": "bytes=0-9"})
    assert part.status_code == 206
    assert part.content == (WEB / "main.js").read_bytes()[:10]
    for path in ("/web/icons/icon-192.png", "/web/icon.svg"):  # the second is smaller than a packet
        assert "content-encoding" not in (await api.http.get(path, headers=head)).headers


async def test_a_sound_is_served_by_its_digest_only(api: Application) -> None:
    name = "a" * 32 + ".wav"
    _write(api.service.audio_folder, name, "other.wav", "b" * 32 + ".part")
    good = await api.http.get(f"/audio/{name}")
    assert (good.content, good.headers["content-type"]) == (b"RIFF", "audio/wav")
    assert good.headers["cache-control"] == "no-store"
    for bad in ("other.wav", "b" * 32 + ".part", name + "%0a", "A" * 32 + ".wav", "c" * 32 + ".wav"):
        assert (await api.http.get(f"/audio/{bad}")).status_code == 404


def _write(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"RIFF")


def test_there_are_pages_to_test() -> None:
    assert {p.name for p in WEB.glob("*.html")} == {
        "index.html",
        "operators.html",
        "screen.html",
    }
