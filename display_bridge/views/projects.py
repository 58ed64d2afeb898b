"""City projects: the plan, how far it is, where it is, and its papers."""

from __future__ import annotations

from datetime import date

from display_bridge.city_data.provider import Document, Project
from display_bridge.views import blocks
from display_bridge.views.context import Block, Content, Context, Figure
from display_bridge.views.documents import opened

_STATES = {"done": "완료", "doing": "진행 중", "planned": "예정"}


def project(ctx: Context) -> Content:
    """A project: plan, documents, progress, place."""
    found = ctx.provider.project(ctx.panel.id, ctx.panel.name_ko, ctx.now)
    department = ctx.registry.departments.get(ctx.panel.department)
    name = department.name_ko if department else ""
    papers = [
        Document(d.id, d.title_ko, d.date, name, d.pages, d.kind, d.toc, d.body) for d in found.documents
    ]  # the plan's documents belong to the panel's department
    if content := opened(ctx, papers, "projects"):
        return content
    place = blocks.point_map(f"위치 · {found.district}", [found.place])
    place["district"] = found.district
    return Content(
        [
            blocks.gantt("추진 일정", found.phases),
            blocks.document_list("관련 문서", papers),
            place,
            _state(found, ctx.now.date()),
        ],
        f"{found.district} · {name}",
        Figure(f"{ctx.panel.name_ko} 공정률", f"{ctx.panel.name_en}: progress", float(found.progress), "%",
               place=found.district),
        "projects",
    )  # fmt: skip


def _state(found: Project, today: date) -> Block:
    """How far it is, which phase runs, how long the plan takes, and how long it still goes."""
    phases = found.phases
    now = next((p for p in phases if p.status == "doing"), phases[-1])
    start, end = phases[0].start, phases[-1].end
    left = max(0, (end.year - today.year) * 12 + end.month - today.month)
    items = [
        blocks.kpi_item("공정률", "Progress", float(found.progress), "%", target=100.0),
        blocks.kpi_item("지금 단계", "Phase", None, "", text=now.name_ko, delta_label_ko=_STATES[now.status]),
        blocks.kpi_item("사업 기간", "Period", None, "", text=f"{start.year}–{end.year}", delta_label_ko="계획"),
        blocks.kpi_item("남은 기간", "Left", float(left), "개월", delta_label_ko=f"{end.year}년 {end.month}월까지"),
    ]
    return blocks.kpi("추진 현황", items)
