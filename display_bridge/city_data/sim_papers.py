"""Simulated documents: titles from data/documents.yaml, contents and text put together from sentences of our own."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.contracts import BadInput
from display_bridge.city_data.files import document
from display_bridge.city_data.noise import unit
from display_bridge.city_data.provider import Document

SHORT = frozenset({"news", "topics", "foreign-press", "culture-events", "hangang"})
"""Kinds of two pages without a table of contents."""
_GAPS = {"news": 1, "approval": 2, "cloud": 2, "topics": 1, "foreign-press": 6, "culture-events": -4}
"""Days from one document to the next."""


def documents(kind: str, today: date, seed: int) -> tuple[Document, ...]:
    """Documents of a kind, newest first, dated back from `today`. Raises BadInput for an unknown kind."""
    entries = document("documents.yaml").get(kind)
    if entries is None:
        raise BadInput("unknown-kind", f"there are no documents of kind {kind!r}")
    gap = _GAPS.get(kind, 45)
    return tuple(
        paper(kind, f"{kind}-{i + 1:02d}", title, department, what, today - timedelta(days=gap * i), seed)
        for i, (title, department, what) in enumerate(entries)
    )


def paper(kind: str, key: str, title: str, department: str, what: str, day: date, seed: int) -> Document:
    """One document with its pages: a cover, the contents, then the chapters; a short one has text only."""
    if kind in SHORT:
        body = tuple(_page(title, department, "short", number, key, seed) for number in (1, 2))
        return Document(key, title, day, department, 2, what, (), body)
    chapters = list(document("papers.yaml")["chapters"])
    pages = 8 + 2 * int(unit(key, seed) * 4)
    toc = tuple((name, 3 + i * (pages - 2) // len(chapters)) for i, name in enumerate(chapters))
    written = [(title, f"{department} · {day.isoformat()}"), tuple(f"{name} {page}쪽" for name, page in toc)]
    for number in range(3, pages + 1):
        chapter = [name for name, page in toc if page <= number][-1]
        written.append(_page(title, department, chapter, number, key, seed))
    return Document(key, title, day, department, pages, what, toc, tuple(written))


def _page(title: str, department: str, chapter: str, number: int, key: str, seed: int) -> tuple[str, ...]:
    pool = document("papers.yaml")["chapters"].get(chapter) or document("papers.yaml")[chapter]
    first = int(unit(key, chapter, seed) * len(pool))
    # Pages of one chapter go on where the page before ended.
    picked = [pool[(first + 3 * number + step) % len(pool)] for step in range(3)]
    who = department or "담당 부서"
    return tuple(sentence.format(title=title, who=who) for sentence in picked)
