"""Lists of documents and the page-by-page reader."""

from __future__ import annotations

from collections.abc import Sequence

from display_bridge.city_data.provider import Document
from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure, some


def viewer(ctx: Context, paper: Document) -> tuple[Block, int]:
    """The block of an open document at the page asked for, which is kept in range, and how many pages it has."""
    page = min(ctx.page, paper.pages - 1)
    block: Block = {
        "kind": "document-viewer",
        "title_ko": paper.title_ko,
        "document": {
            "id": paper.id,
            "title_ko": paper.title_ko,
            "date": paper.date.isoformat(),
            "pages": paper.pages,
            "toc": [{"title_ko": t, "page": p} for t, p in paper.toc],
            "file": f"/api/v1/documents/{paper.id}/file.pdf",
        },
        "page": page + 1,
        "body": list(paper.body[page]) if page < len(paper.body) else [],
    }
    return block, paper.pages


def opened(ctx: Context, found: Sequence[Document], dataset: str) -> Content | None:
    """The document of a list that args["item"] asks for, with the list beside it; None where it asks for none."""
    wanted = ctx.args.get("item")
    paper = next((d for d in found if d.id == wanted), None)
    if paper is None:
        return None
    block, pages = viewer(ctx, paper)
    return Content(
        [block, blocks.document_list("다른 문서", found, current=paper.id)],
        " · ".join(filter(None, (paper.kind, paper.department_ko))),
        Figure(paper.title_ko, ctx.panel.name_en, float(paper.pages), "쪽"),
        dataset,
        pages,
    )


def listed(kind: str, title: str, subtitle: str) -> Builder:
    """Documents of a kind, newest first; the one that was chosen opens."""

    def build(ctx: Context) -> Content:
        found = ctx.provider.documents(kind, ctx.now)
        if content := opened(ctx, found, kind):
            return content
        return Content(
            [blocks.document_list(title, found)],
            subtitle,
            Figure(title, ctx.panel.name_en, float(len(found)), "건"),
            kind,
        )

    return build


def reader(kind: str, subtitle: str) -> Builder:
    """One document, a page at a time; args["item"] chooses it, else the newest."""

    def build(ctx: Context) -> Content:
        found = some(ctx.provider.documents(kind, ctx.now))
        wanted = ctx.args.get("item", "")
        paper = next((d for d in found if d.id == wanted), found[0])
        block, pages = viewer(ctx, paper)
        return Content(
            [block, blocks.document_list("다른 문서", found, current=paper.id)],
            f"{subtitle} · {paper.department_ko}",
            Figure(paper.title_ko, ctx.panel.name_en, float(paper.pages), "쪽"),
            kind,
            pages,
        )

    return build


BUILDERS: dict[str, Builder] = {
    "seoul-news": listed("news", "시정뉴스", "서울시 보도자료"),
    "approval-list": listed("approval", "시장 결재문서", "공개된 결재문서"),
    "approval-viewer": reader("approval", "결재문서"),
    "library-white-papers": reader("white-paper", "시정백서"),
    "library-research": reader("research", "연구보고서"),
    "library-brochures": reader("brochure", "홍보책자"),
    "library-smart-bookshelf": reader("bookshelf", "서재 스마트 책장"),
    "resume-foreign-press": listed("foreign-press", "외신보도", "외신이 본 서울"),
    "fn-cloud-folder": listed("cloud", "보고자료", "클라우드 폴더"),
    "theme-hangang-festival": listed("hangang", "한강 축제", "한강에서 열리는 행사"),
}
