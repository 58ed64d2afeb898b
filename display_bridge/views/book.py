"""A book of the bookcase on a screen: its cover with title, author and contents, then its pages."""

from __future__ import annotations

from dataclasses import replace

import segno

from assistant.contracts import BadInput
from display_bridge.city_data.recording import RecordingCityData
from display_bridge.papers.bookcase import ITEM, OPEN, PRIVATE, Bookcase, OpenBook, WithBookcase, book_in
from display_bridge.papers.kinds import RANK
from display_bridge.views import documents
from display_bridge.views.context import Block, Builder, Content, Context, Figure

_DATASET = "bookshelf"


def with_books(build: Builder) -> Builder:
    """A panel that also opens books: args["item"] names one."""

    def built(ctx: Context) -> Content:
        book = book_in(ctx.args.get("item"))
        return build(ctx) if book is None else opened(ctx, book)

    return built


def opened(ctx: Context, book: str) -> Content:
    """A book, and the others beside it. What the panel may not show is named by nothing."""
    case = ctx.provider.bookcase if isinstance(ctx.provider, WithBookcase) else Bookcase()
    try:
        one = _look(ctx, case, book)
    except BadInput:
        return _content(ctx, _card("", "", "", "도서 목록에 없는 책입니다.", "This book is not in the catalogue."), "")
    if RANK[one.visibility] > RANK[ctx.panel.visibility]:
        told = ("비공개 책입니다. 얼굴 확인 후에 볼 수 있습니다.", "Private content needs a face check first.")
        return _content(ctx, _card("", "", "", *told), "")
    entry, pages = one.book, None
    if one.found is not None:
        paper = one.found.document
        toc = tuple((heading, page) for heading, page in entry.toc if page <= paper.pages) or paper.toc
        block, pages = documents.viewer(ctx, replace(paper, title_ko=entry.title_ko, toc=toc))
        block["title_en"] = block["document"]["title_en"] = entry.title_en
        block["book"] = {"author_ko": entry.author}
        if entry.cover:
            block["book"]["cover"] = f"/api/v1/books/{entry.id}/cover"
    elif entry.web is not None:
        told = (
            "이 책은 누리집에 있습니다. QR 코드를 찍으면 열립니다.",
            "This book is a web page: scan the code to open it.",
        )
        block = _card(entry.title_ko, entry.title_en, entry.author, *told)
        block |= {"address": entry.web, "qr": _code(entry.web)}
    else:
        told = ("이 책의 파일이 없습니다. 담당자에게 알려 주세요.", "The file of this book is missing.")
        block = _card(entry.title_ko, entry.title_en, entry.author, *told)
    content = _content(ctx, block, entry.title_ko, one.found.kind if one.found else _DATASET, pages)
    return replace(content, blocks=[*content.blocks, *_others(ctx, case, book)], subtitle_ko=entry.author)


def _look(ctx: Context, case: Bookcase, book: str) -> OpenBook:
    # Where the book lies is looked up in all lists; the badge is that of the one that has it.
    provider = ctx.provider.inner if isinstance(ctx.provider, RecordingCityData) else ctx.provider
    return case.open(book, ctx.registry, provider, ctx.now)


def _content(ctx: Context, block: Block, title: str, dataset: str = _DATASET, pages: int | None = None) -> Content:
    figure = Figure(title, ctx.panel.name_en, float(pages), "쪽") if pages is not None else None
    return Content([block], "", figure, dataset, pages, also=(dataset,))


def _others(ctx: Context, case: Bookcase, current: str) -> list[Block]:
    """The books that are out, where there are several; else those of the catalogue. Only what the panel may show."""
    several = len(case.out) > 1
    names = list(reversed(case.out)) if several else list(case.books)
    rows = []
    for name in names:
        if name not in case.books:
            continue
        one = _look(ctx, case, name)
        if RANK[one.visibility] > RANK[ctx.panel.visibility]:
            continue
        pages = one.found.document.pages if one.found else None
        row = {"id": ITEM + name, "title_ko": one.book.title_ko, "title_en": one.book.title_en,
               "department_ko": one.book.author, "pages": pages}  # fmt: skip
        rows.append({key: value for key, value in row.items() if value is not None})
    if len(rows) < 2:
        return []
    title_ko, title_en = ("꺼내신 책", "Books taken out") if several else ("책장의 책", "Books of the bookcase")
    return [
        {"kind": "document-list", "title_ko": title_ko, "title_en": title_en, "documents": rows,
         "current": ITEM + current}
    ]  # fmt: skip


def _card(title_ko: str, title_en: str, author: str, note_ko: str, note_en: str) -> Block:
    return {
        "kind": "book-card",
        "title_ko": title_ko or "책장",
        "title_en": title_en or "Bookcase",
        "author_ko": author,
        "note_ko": note_ko,
        "note_en": note_en,
    }


def _code(address: str) -> str:
    """A QR code as the data address of a picture."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(border=2, scale=4))


BUILDERS: dict[str, Builder] = {panel: with_books(documents.BUILDERS[panel]) for panel in (OPEN, PRIVATE)}
