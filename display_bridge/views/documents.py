"""Lists of documents and the page-by-page reader."""

from __future__ import annotations

from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure


def listed(kind: str, title: str, subtitle: str) -> Builder:
    """Documents of a kind, newest first."""

    def build(ctx: Context) -> Content:
        found = ctx.provider.documents(kind, ctx.now)
        return Content(
            [blocks.document_list(title, found)],
            subtitle,
            Figure(title, ctx.panel.name_en, float(len(found)), "건"),
            kind,
        )

    return build


def reader(kind: str, subtitle: str) -> Builder:
    """One document, a page at a time; args["document"] chooses it, else the newest. The page is kept in range."""

    def build(ctx: Context) -> Content:
        found = ctx.provider.documents(kind, ctx.now)
        wanted = ctx.args.get("document", "")
        paper = next((d for d in found if d.id == wanted), found[0])
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
            },
            "page": page + 1,
            "body": list(paper.body[page]),
        }
        return Content(
            [block, blocks.document_list("다른 문서", found)],
            f"{subtitle} · {paper.department_ko}",
            Figure(paper.title_ko, ctx.panel.name_en, float(paper.pages), "쪽"),
            kind,
            paper.pages,
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
