"""The PDF files a site keeps in a folder: which documents they are.

A file is described by an entry of the folder's `documents.yaml` (file, title, kind; optional id, date, department,
pages, visibility, toc), or by its name: `KIND__Title.pdf`. Whatever cannot be used is told in `problems`; the other
files stay. A file that is damaged, or not there for the moment, is in no list until it can be opened.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from assistant.contracts import ConfigError
from content_registry.schema import Visibility
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Document
from display_bridge.papers.kinds import PANELS

log = logging.getLogger(__name__)

INDEX = "documents.yaml"
MOST_FILES = 500
MOST_PAGES = 1000
_FIELDS = frozenset({"file", "id", "title", "kind", "date", "department", "pages", "visibility", "toc"})
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEADER, MOST_BEFORE = b"%PDF-", 1024
"""How a PDF begins, and the bytes among which that has to stand: some programs write a few of their own before it."""
_TREE = re.compile(rb"/Type\s{0,9}/Pages\b|/Count\s{1,9}(\d{1,9})|>")
_STREAM = re.compile(rb"/ObjStm\b(?:(?!/ObjStm\b).){0,1000}?stream\r?\n", re.DOTALL)
MOST_OF_ONE, MOST_UNPACKED, _STEP = 4_000_000, 64_000_000, 16_384
"""Bytes that are unpacked of one compressed object and of all of a file; a step of unpacking."""
MOST_BYTES = 200_000_000
"""Of a file whose pages are counted."""
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class ShelvedPaper:
    """A document with its file. visibility None: that of its kind."""

    document: Document
    kind: str
    path: Path
    visibility: Visibility | None


class Shelf:
    """The documents of a folder; looked at again when the folder or its index has changed. folder None: none.

    quiet: problems are only kept in `problems`, else they are logged as they come and go. listed: entries of files that
    the index does not name, such as those of the bookcase's books. Raises ConfigError for a folder that is not there,
    or an index that cannot be read.
    """

    def __init__(
        self, folder: Path | None, *, quiet: bool = False, listed: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self._folder, self._quiet, self._listed = folder, quiet, dict(listed or {})
        self._stamp: object = None
        self._lock = threading.Lock()
        self._papers: tuple[ShelvedPaper, ...] = ()
        self._counted: dict[str, tuple[tuple[int, int], int]] = {}
        self.problems: tuple[str, ...] = ()
        if folder is not None and not folder.is_dir():
            raise ConfigError("no-documents-folder", f"documents.folder: {folder} is no folder")
        self.papers()

    def papers(self) -> tuple[ShelvedPaper, ...]:
        """What lies there now, newest first. A changed index that cannot be read keeps the last good one."""
        if self._folder is None:
            return ()
        with self._lock:
            try:
                stamp = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in self._folder.iterdir() if p.is_file()))
            except OSError as error:  # it, or a file of it, has just gone
                self._tell((f"documents.folder: {error.strerror}",))
                self._stamp = None if self._stamp is None else "gone"  # read it again once it is back
                return self._papers
            if stamp != self._stamp:
                try:
                    self._read(self._folder)
                except ConfigError as error:
                    if self._stamp is None:
                        raise
                    self._tell((error.message,))
                self._stamp = stamp
            return self._papers

    def _read(self, folder: Path) -> None:
        problems: list[str] = []
        entries = {str(e.get("file", "")): e for e in _index(folder / INDEX)}
        found: dict[str, ShelvedPaper] = {}
        names = sorted({p.name for p in folder.glob("*.pdf")} | {n for n in entries if n})
        entries = {name: dict(its) for name, its in self._listed.items()} | entries
        if len(names) > MOST_FILES:
            problems.append(f"of {len(names)} documents only {MOST_FILES} are taken, in the order of their names")
        for name in names[:MOST_FILES]:
            try:
                paper = _paper(folder, name, entries.get(name) or _by_name(name), self._pages)
                if paper.document.id in found:
                    raise ConfigError("bad-document", f"the id {paper.document.id!r} is given twice")
                found[paper.document.id] = paper
            except ConfigError as error:
                problems.append(f"{name!r}: {error.message}")
            except (OSError, ValueError, TypeError, RuntimeError, OverflowError) as error:
                # A name that no file can have, links in a ring, a list that is none, a date beyond all calendars, ...
                problems.append(f"{name!r}: cannot be used ({type(error).__name__})")
        self._papers = tuple(sorted(found.values(), key=lambda p: p.document.date, reverse=True))
        self._tell(tuple(problems))

    def _tell(self, problems: tuple[str, ...]) -> None:
        """Keep what cannot be used now, and log what is new among it and what is no more."""
        before, self.problems = self.problems, problems
        if self._quiet:
            return
        for flaw in problems:
            if flaw not in before:
                log.warning("a document of the folder cannot be used: %s", flaw)
        for flaw in before:
            if flaw not in problems:
                log.info("a document of the folder can be used again, or is gone: %s", flaw)

    def _pages(self, path: Path) -> int:
        """How many pages a file has. Only a file that has changed is read again."""
        status = path.stat()
        if status.st_size > MOST_BYTES:
            raise ConfigError("bad-document", f"of a file this large {INDEX} has to say how many pages it has")
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._counted.get(path.name)
        if known is None or known[0] != stamp:
            known = self._counted[path.name] = (stamp, page_count(path.read_bytes()))
        if not known[1]:
            raise ConfigError(
                "bad-document", f"no pages are found in it (damaged, or locked: then {INDEX} says how many)"
            )
        return known[1]


def _index(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    try:
        entries = yaml.safe_load(path.read_text("utf-8")) or []
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError("bad-documents-index", f"{path}: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise ConfigError("bad-documents-index", f"{path}: a list of documents is needed")
    return entries


def _by_name(name: str) -> dict[str, Any]:
    kind, mark, title = name.removesuffix(".pdf").partition("__")
    if not mark or not title:
        raise ConfigError("bad-document", f"neither in {INDEX} nor named KIND__Title.pdf")
    return {"file": name, "kind": kind, "title": title.replace("_", " ").strip()}


def _paper(folder: Path, name: str, entry: Mapping[str, Any], pages_of: Callable[[Path], int]) -> ShelvedPaper:
    unknown = entry.keys() - _FIELDS
    if unknown:
        raise ConfigError("bad-document", f"there is no field {', '.join(sorted(map(str, unknown)))}")
    path = folder / name
    if path.name != name or not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError("bad-document", "the file must lie in the folder itself")
    if not path.is_file():
        raise ConfigError("bad-document", f"listed in {INDEX}, but the file is not there")
    with path.open("rb") as file:
        if _HEADER not in file.read(MOST_BEFORE):
            raise ConfigError("bad-document", "this is no PDF: damaged, or another kind of file")
    kind, title = str(entry.get("kind", "")), str(entry.get("title", "")).strip()
    if kind not in PANELS:
        raise ConfigError("bad-document", f"kind {kind!r} is none of {', '.join(PANELS)}")
    if not _words(title):
        raise ConfigError("bad-document", f"a title of 1 to {MOST_WORDS} printable characters is needed")
    identifier = str(entry.get("id") or f"site-{hashlib.sha256(name.encode()).hexdigest()[:10]}")
    if not _ID.fullmatch(identifier):
        raise ConfigError("bad-document", "an id is made of small letters, digits and -")
    pages = entry["pages"] if "pages" in entry else pages_of(path)
    if not isinstance(pages, int) or isinstance(pages, bool) or not 1 <= pages <= MOST_PAGES:
        raise ConfigError("bad-document", f"pages is a number from 1 to {MOST_PAGES}")
    word = entry.get("visibility")
    try:
        visibility = None if word is None else Visibility(word)
    except ValueError as error:
        raise ConfigError("bad-document", "visibility is public, internal or private") from error
    day = _day(entry.get("date"), path)
    department = str(entry.get("department") or "서울특별시")
    if not _words(department):
        raise ConfigError("bad-document", f"a department has at most {MOST_WORDS} printable characters")
    document = Document(identifier, title, day, department, pages, _word(kind), tuple(_toc(entry, pages)))
    return ShelvedPaper(document, kind, path, visibility)


def _words(text: str) -> bool:
    return 0 < len(text) <= MOST_WORDS and text.isprintable()


def _word(kind: str) -> str:
    words = {"news": "보도자료", "approval": "결재", "white-paper": "시정백서", "research": "연구보고서"}
    words |= {"brochure": "홍보책자", "bookshelf": "서재", "foreign-press": "외신보도", "topics": "관심 정보"}
    return {**words, "cloud": "보고자료"}.get(kind, "행사")


def _day(given: object, path: Path) -> date:
    if isinstance(given, date):
        return given if not isinstance(given, datetime) else given.date()
    if given is not None:
        try:
            return date.fromisoformat(str(given))
        except ValueError as error:
            raise ConfigError("bad-document", "date is written as 2026-11-23") from error
    return datetime.fromtimestamp(path.stat().st_mtime, KST).date()


def _toc(entry: Mapping[str, Any], pages: int) -> Iterator[tuple[str, int]]:
    for row in entry.get("toc") or ():
        if not isinstance(row, list) or len(row) != 2 or not isinstance(row[1], int) or not 1 <= row[1] <= pages:
            raise ConfigError("bad-document", "toc is a list of [heading, page]")
        if not _words(str(row[0])):
            raise ConfigError("bad-document", f"a heading has 1 to {MOST_WORDS} printable characters")
        yield str(row[0]), row[1]


def page_count(content: bytes) -> int:
    """How many pages a PDF has, as its page tree says; 0 where none can be found."""
    counts, left = list(_counts(content)), MOST_UNPACKED
    for match in _STREAM.finditer(content):
        unpacked = _unpacked(content, match.end(), min(left, MOST_OF_ONE))
        counts += _counts(unpacked)
        left -= len(unpacked)
        if left <= 0:
            break
    return min(MOST_PAGES, max(counts, default=0))


def _unpacked(content: bytes, start: int, most: int) -> bytes:
    """The beginning of a compressed object; empty for one that cannot be read."""
    found, tool = bytearray(), zlib.decompressobj()
    try:
        while start < len(content) and not tool.eof and len(found) < most:
            found += tool.decompress(content[start : start + _STEP], most - len(found))
            start += _STEP
    except zlib.error:
        return b""
    return bytes(found)


def _counts(text: bytes) -> Iterator[int]:
    """The numbers that stand in one dictionary with /Type /Pages, before or after it. One pass, whatever is there."""
    pages, count = False, 0
    for match in _TREE.finditer(text):
        if match[0] == b">":
            pages, count = False, 0
            continue
        pages, count = pages or match[1] is None, int(match[1] or count)
        if pages and count:
            yield count
