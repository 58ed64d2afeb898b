"""What the screens' pages are made of: the files that a browser keeps, each with its digest, and one digest of all.

The digest of all is the build: a screen that runs another one loads itself anew once it holds all of this one. It is
taken when the service starts; files that are changed later belong to the next start, and a browser notices by their
own digests that they are not those of this build.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.settings import PROJECT

WEB = PROJECT / "display_bridge" / "web"
CALLS = PROJECT / "telephony" / "web"
"""Served below /web/calls/."""
VENDOR = PROJECT / "node_modules"
START_URL = "/screen/web/citizen"
"""The address the page of a screen is kept under; it is the same page for every role and display."""
PLACEHOLDER = '<meta name="seoula-build" content="" />'
"""Where the page of a screen says which build it is of."""
_MAIN = "/web/main.js"
_PRELOAD = f'<link rel="modulepreload" href="{_MAIN}" />'
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
_IMPORT = re.compile(r"""(?:^|[;\n}])\s*(?:import|export)\s*(?:[\w*${}\s,]+?\bfrom\s*)?["']([^"']+)["']""")
_THEIRS = (
    "uplot/dist/uPlot.esm.js",
    "uplot/dist/uPlot.min.css",
    "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css",
)
_OURS = {".js", ".css", ".svg", ".png", ".webmanifest"}
_NOT_KEPT = {"sw.js", "runs.js", "seeing.js", "seeing-words.js", "shelves.js", "slots.js"}
"""The browser keeps the service worker itself; the pages of runs and of cameras are the operator's, and never
opened without a net."""
_OF_OTHER_PAGES = ("console", "console-sw", "scene")
"""Files of calls that no screen needs: they count for the build, and are not kept."""


@dataclass(frozen=True, slots=True)
class WebBuild:
    """build: 16 hexadecimal digits. files: address -> SHA-256 in base64, of all that a screen needs to open."""

    build: str
    files: dict[str, str]


def digest(content: bytes) -> str:
    """SHA-256 in base64, as browsers write it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def screen_page(build: str) -> str:
    """The page of a screen, with the build it is of and with all its modules named, so that none waits for another."""
    page = page_of_build(WEB / "screen.html", build)
    links = "\n    ".join(_PRELOAD.replace(_MAIN, module) for module in modules(page))
    return page.replace(_PRELOAD, links)


def page_of_build(file: Path, build: str) -> str:
    """A page, with the build it is of."""
    return file.read_text("utf-8").replace(PLACEHOLDER, PLACEHOLDER.replace('""', f'"{build}"'))


@cache
def modules(page: str) -> tuple[str, ...]:
    """Addresses of the modules that a page's main module needs to begin, itself first. Read once for a page."""
    found = _IMPORT_MAP.search(page)
    names: dict[str, str] = json.loads(found[1])["imports"] if found else {}
    known = [_MAIN]
    for module in known:  # it grows
        for name in _IMPORT.findall(_source(module)):
            address = _address(name, module, names)
            if address not in known and _file(address).is_file():
                known.append(address)
    return tuple(known)


def _address(name: str, module: str, names: dict[str, str]) -> str:
    if name.startswith("."):
        return posixpath.normpath(posixpath.join(posixpath.dirname(module), name))
    folder = next((key for key in names if key.endswith("/") and name.startswith(key)), "")
    return names.get(name) or (names[folder] + name.removeprefix(folder) if folder else name)


def _file(address: str) -> Path:
    _, top, rest = address.split("/", 2)
    if address.startswith("/web/calls/"):
        return CALLS / address.removeprefix("/web/calls/")
    return {"web": WEB, "vendor": VENDOR}[top] / rest


def _source(address: str) -> str:
    return _file(address).read_text("utf-8") if _file(address).is_file() else ""


@cache
def web_build() -> WebBuild:
    """Read once, at the first call. Files that set-up has not brought are left out."""
    found = {f"/web/{file.relative_to(WEB).as_posix()}": file for file in _kept_of_ours()}
    found |= {f"/web/calls/{file.relative_to(CALLS).as_posix()}": file for file in _of_calls() if not _apart(file)}
    lit = VENDOR / "lit-html"
    theirs = [*lit.glob("*.js"), *(lit / "directives").glob("*.js"), *(VENDOR / name for name in _THEIRS)]
    found |= {f"/vendor/{file.relative_to(VENDOR).as_posix()}": file for file in theirs if file.is_file()}
    files = {address: digest(file.read_bytes()) for address, file in sorted(found.items())}
    # The page names its build, so its own digest cannot be part of it: the text without the name is.
    every = [digest((WEB / name).read_bytes()) for name in ("screen.html", "sw.js")]
    every += [digest(file.read_bytes()) for file in sorted(_of_calls(".html")) if _apart(file)]
    every += [f"{address} {known}" for address, known in files.items()]
    build = hashlib.sha256("\n".join(every).encode()).hexdigest()[:16]
    return WebBuild(build, files | {START_URL: digest(screen_page(build).encode())})


def _kept_of_ours() -> list[Path]:
    return [p for p in WEB.rglob("*") if p.suffix in _OURS and p.is_file() and p.name not in _NOT_KEPT]


def _of_calls(*more: str) -> list[Path]:
    return [p for p in CALLS.rglob("*") if p.suffix in _OURS.union(more) and p.is_file()]


def _apart(file: Path) -> bool:
    return file.stem in _OF_OTHER_PAGES
