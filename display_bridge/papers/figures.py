"""The drawings of typeset documents: a skyline for covers, and small charts and tables of made-up figures."""

from __future__ import annotations

from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfgen.canvas import Canvas

from display_bridge.city_data.noise import pick, unit

Box = tuple[float, float, float, float]
"""x, y, width, height in points."""
INK, SOFT, HAIR, PALE = HexColor("#1b2436"), HexColor("#5b6679"), HexColor("#d5dbe6"), HexColor("#f3f5f9")
MEDIUM, BOLD = "Pretendard-Medium", "Pretendard-Bold"
_SUBJECTS = ("추진 실적", "시민 만족도", "예산 집행률", "참여 시민", "점검 완료율", "서비스 이용")
_STEPS = ("현황 조사", "주민 의견 수렴", "시범 운영", "전면 시행", "성과 평가")


def skyline(canvas: Canvas, box: Box, seed: str) -> None:
    """Three rows of houses and a ridge, in white of different strength."""
    x, y, width, height = box
    for row, strength in enumerate((0.10, 0.14, 0.20)):
        canvas.setFillColor(Color(1, 1, 1, alpha=strength))
        at = x - pick(0, 20, seed, row)
        step = 0
        while at < x + width:
            wide = pick(16, 46, seed, row, step)
            tall = height * (0.95 - 0.28 * row) * pick(0.35, 1.0, seed, row, step, "h")
            canvas.rect(at, y, wide, tall, stroke=0, fill=1)
            if unit(seed, row, step, "roof") > 0.72:
                path = canvas.beginPath()
                path.moveTo(at, y + tall)
                path.lineTo(at + wide / 2, y + tall + wide * 0.45)
                path.lineTo(at + wide, y + tall)
                canvas.drawPath(path, stroke=0, fill=1)
            at += wide + pick(0, 9, seed, row, step, "gap")
            step += 1


def figure(canvas: Canvas, box: Box, seed: str, number: int, tone: Color) -> None:
    """The figure of a page: bars, a line, a table or the steps of a plan, by turns."""
    kind = (number + int(unit(seed, "kind") * 4)) % 4
    subject = _SUBJECTS[int(unit(seed, number, "subject") * len(_SUBJECTS))]
    title = f"{'표' if kind == 2 else '그림'} {number}. {'단계별 일정' if kind == 3 else subject}(모의 수치)"
    x, y, width, height = box
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 10.5)
    canvas.drawString(x, y + height + 6, title)
    canvas.setFillColor(PALE)
    canvas.roundRect(x, y, width, height - 4, 6, stroke=0, fill=1)
    (_bars, _line, _table, _steps)[kind](canvas, (x + 22, y + 18, width - 44, height - 44), f"{seed}/{number}", tone)


def tiles(canvas: Canvas, box: Box, seed: str, tone: Color) -> None:
    """Three figures in a row."""
    x, y, width, height = box
    wide = (width - 20) / 3
    told = (
        ("추진율", f"{pick(48, 96, seed, 'a'):.1f}%"),
        ("참여 시민", f"{round(pick(1200, 48000, seed, 'b'), -2):,.0f}명"),
        ("예산 집행률", f"{pick(41, 93, seed, 'c'):.1f}%"),
    )
    for index, (label, value) in enumerate(told):
        left = x + index * (wide + 10)
        canvas.setFillColor(PALE)
        canvas.roundRect(left, y, wide, height, 6, stroke=0, fill=1)
        canvas.setFillColor(tone)
        canvas.rect(left, y + 10, 3, height - 20, stroke=0, fill=1)
        canvas.setFillColor(SOFT)
        canvas.setFont(MEDIUM, 9.5)
        canvas.drawString(left + 16, y + height - 22, f"{label}(모의)")
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 20)
        canvas.drawString(left + 16, y + 14, value)


def _years() -> list[str]:
    return [f"{year}년" for year in range(2020, 2026)]


def _values(seed: str) -> list[float]:
    start, rise = pick(38, 62, seed, "start"), pick(1.5, 6.5, seed, "rise")
    return [round(start + rise * i + pick(-2.5, 2.5, seed, i), 1) for i in range(6)]


def _frame(canvas: Canvas, box: Box, top: float) -> None:
    x, y, width, height = box
    canvas.setLineWidth(0.6)
    canvas.setStrokeColor(HAIR)
    canvas.setFont(MEDIUM, 8)
    canvas.setFillColor(SOFT)
    for step in range(5):
        level = y + 14 + (height - 24) * step / 4
        canvas.line(x + 24, level, x + width, level)
        canvas.drawRightString(x + 18, level - 3, f"{top * step / 4:.0f}")


def _bars(canvas: Canvas, box: Box, seed: str, tone: Color) -> None:
    x, y, width, height = box
    _frame(canvas, box, 100)
    wide = (width - 24) / 6
    for index, (year, value) in enumerate(zip(_years(), _values(seed), strict=True)):
        left, tall = x + 24 + index * wide + wide * 0.24, (height - 24) * value / 100
        canvas.setFillColor(tone if index == 5 else Color(tone.red, tone.green, tone.blue, alpha=0.45))
        canvas.rect(left, y + 14, wide * 0.52, tall, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 8.5)
        canvas.drawCentredString(left + wide * 0.26, y + 18 + tall, f"{value:.1f}")
        canvas.setFillColor(SOFT)
        canvas.setFont(MEDIUM, 8.5)
        canvas.drawCentredString(left + wide * 0.26, y, year)


def _line(canvas: Canvas, box: Box, seed: str, tone: Color) -> None:
    x, y, width, height = box
    _frame(canvas, box, 100)
    step = (width - 60) / 5
    points = [(x + 42 + i * step, y + 14 + (height - 24) * v / 100) for i, v in enumerate(_values(seed))]
    canvas.setStrokeColor(tone)
    canvas.setLineWidth(2)
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)
    for (px, py), year, value in zip(points, _years(), _values(seed), strict=True):
        canvas.setFillColor(white)
        canvas.circle(px, py, 3.4, stroke=1, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 8.5)
        canvas.drawCentredString(px, py + 8, f"{value:.1f}")
        canvas.setFillColor(SOFT)
        canvas.setFont(MEDIUM, 8.5)
        canvas.drawCentredString(px, y, year)


def _table(canvas: Canvas, box: Box, seed: str, tone: Color) -> None:
    x, y, width, height = box
    rows = [("구분", "계획", "실적", "달성률(%)")]
    quarters = []
    for name in ("1분기", "2분기", "3분기", "4분기"):
        planned = round(pick(120, 480, seed, name))
        quarters.append((name, planned, round(planned * pick(0.82, 1.06, seed, name, "share"))))
    whole = ("합계", sum(p for _, p, _ in quarters), sum(d for _, _, d in quarters))
    for name, planned, done in (*quarters, whole):
        rows.append((name, f"{planned:,}", f"{done:,}", f"{100 * done / planned:.1f}"))
    tall = height / len(rows)
    for index, row in enumerate(rows):
        top = y + height - tall * (index + 1)
        canvas.setFillColor(tone if index == 0 else white)
        canvas.rect(x, top, width, tall - 1.2, stroke=0, fill=1)
        canvas.setFillColor(white if index == 0 else INK)
        canvas.setFont(BOLD if index in (0, 5) else MEDIUM, 10)
        canvas.drawString(x + 14, top + tall / 2 - 4, row[0])
        for column, cell in enumerate(row[1:], 1):
            canvas.drawRightString(x + width * (0.28 + 0.23 * column), top + tall / 2 - 4, cell)


def _steps(canvas: Canvas, box: Box, seed: str, tone: Color) -> None:
    x, y, width, height = box
    tall = height / len(_STEPS)
    begin = 0.0
    for index, name in enumerate(_STEPS):
        level = y + height - tall * (index + 1)
        canvas.setFillColor(INK)
        canvas.setFont(MEDIUM, 10)
        canvas.drawString(x, level + tall / 2 - 4, name)
        share = pick(0.14, 0.26, seed, name)
        left, room = x + 100, width - 100
        canvas.setFillColor(HAIR)
        canvas.rect(left, level + tall / 2 - 0.5, room, 1, stroke=0, fill=1)
        canvas.setFillColor(Color(tone.red, tone.green, tone.blue, alpha=1 - 0.13 * index))
        canvas.roundRect(
            left + room * begin, level + tall * 0.22, room * min(share, 1 - begin), tall * 0.56, 4, stroke=0, fill=1
        )
        begin = min(0.94, begin + share * 0.82)
