"""Typesets a simulated document as a PDF: cover, contents, pages with figures; every page says that it is simulated."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from assistant.contracts import Unavailable
from display_bridge.city_data.noise import unit
from display_bridge.city_data.provider import Document
from display_bridge.papers import figures

EDITION = 4
"""Raised whenever the look changes, so that kept files are made anew."""
WIDTH, HEIGHT = A4
MARGIN = 62.0
REGULAR, MEDIUM, BOLD, BLACK = "Pretendard-Regular", "Pretendard-Medium", "Pretendard-Bold", "Pretendard-ExtraBold"
INK, SOFT, HAIR = HexColor("#1b2436"), HexColor("#5b6679"), HexColor("#d5dbe6")
STAMP = HexColor("#c62f3e")
TONES = {
    "approval": "#1f5fa8", "white-paper": "#1c6e50", "research": "#5a469f", "brochure": "#0f7681",
    "bookshelf": "#80530f", "cloud": "#37486b", "project": "#1c6e50", "topics": "#5a469f", "news": "#1f5fa8",
    "foreign-press": "#80530f", "culture-events": "#a03a6d", "hangang": "#0f7681",
}  # fmt: skip
PRESS = frozenset({"news", "topics", "foreign-press", "culture-events", "hangang"})
"""Kinds that are short papers without cover and contents."""
SIMULATED = "모의 문서"
NOTE = "디지털 시민시장실의 모의 자료로 만든 문서입니다. 실제 행정문서가 아닙니다."
_fonts_lock = threading.Lock()


def typeset(document: Document, kind: str, fonts: Path) -> bytes:
    """The PDF of a document: as many pages as it says, page by page what its body says. The same bytes every time.

    Raises Unavailable("no-fonts").
    """
    use_fonts(fonts)
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"{document.title_ko} ({SIMULATED})")
    canvas.setAuthor(document.department_ko or "서울특별시")
    canvas.setSubject(NOTE)
    canvas.setCatalogEntry("Lang", PDFString("ko-KR"))
    _Sheet(canvas, document, kind).write()
    canvas.save()
    return target.getvalue()


def use_fonts(folder: Path) -> None:
    """Make the fonts known, once. Raises Unavailable("no-fonts") where they are not there or cannot be read."""
    with _fonts_lock:
        for name in (REGULAR, MEDIUM, BOLD, BLACK):
            if name in pdfmetrics.getRegisteredFontNames():
                continue
            try:
                pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
            except (OSError, TTFError) as error:
                raise Unavailable("no-fonts", f"{folder}/{name}.ttf cannot be read: run set-up again") from error


def lines_of(text: str, font: str, size: float, width: float) -> Iterator[str]:
    """A paragraph broken into lines no wider than `width` points, between words where that can be."""
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(joined, font, size) <= width:
            line = joined
            continue
        if line:
            yield line
        while pdfmetrics.stringWidth(word, font, size) > width:
            cut = next(
                n for n in range(len(word), 0, -1) if n == 1 or pdfmetrics.stringWidth(word[:n], font, size) <= width
            )
            yield word[:cut]
            word = word[cut:]
        line = word
    if line:
        yield line


class _Sheet:
    """The pages of one document on a canvas."""

    def __init__(self, canvas: Canvas, document: Document, kind: str) -> None:
        self.canvas, self.document, self.kind = canvas, document, kind
        self.tone = HexColor(TONES.get(kind, "#1f5fa8"))
        self.heads = {page: title for title, page in document.toc}

    def write(self) -> None:
        """All pages."""
        for number, paragraphs in enumerate(self.document.body, 1):
            if number == 1:
                self.press_head() if self.kind in PRESS else self.cover()
            if number == 2 and self.document.toc:
                self.contents()
            elif number > 1 or self.kind in PRESS:
                self.page(number, paragraphs)
            self.foot(number)
            self.canvas.showPage()

    # -- parts -----------------------------------------------------------------------------------------------

    def text(self, x: float, y: float, words: str, font: str, size: float, color: Color = INK) -> None:
        """One line of text."""
        self.canvas.setFillColor(color)
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, words)

    def block(self, x: float, y: float, width: float, words: str, font: str, size: float, leading: float,
              color: Color = INK) -> float:  # fmt: skip
        """A paragraph from a baseline downwards; the baseline below it."""
        for line in lines_of(words, font, size, width):
            self.text(x, y, line, font, size, color)
            y -= leading
        return y

    def cover(self) -> None:
        """The first page: a coloured field with a drawing, title, who and when."""
        canvas = self.canvas
        canvas.setFillColor(self.tone)
        canvas.rect(0, HEIGHT * 0.42, WIDTH, HEIGHT * 0.58, stroke=0, fill=1)
        figures.skyline(canvas, (0, HEIGHT * 0.42, WIDTH, HEIGHT * 0.3), self.document.id)
        self.text(MARGIN, HEIGHT - 92, self.document.kind, BOLD, 13, white)
        y = self.block(MARGIN, HEIGHT - 150, WIDTH - 2 * MARGIN, self.document.title_ko, BLACK, 32, 42, white)
        canvas.setFillColor(white)
        canvas.rect(MARGIN, y + 14, 44, 3, stroke=0, fill=1)
        y = HEIGHT * 0.42 - 70
        day = self.document.date
        for label, words in (("발행", "서울특별시"), ("담당", self.document.department_ko),
                             ("날짜", f"{day.year}년 {day.month}월 {day.day}일")):  # fmt: skip
            self.text(MARGIN, y, label, MEDIUM, 11, SOFT)
            self.text(MARGIN + 52, y, words, BOLD, 13)
            y -= 26
        if self.kind == "approval":
            self.signatures(y - 92)
        self.stamp(WIDTH - 170, HEIGHT * 0.42 - 110)

    def signatures(self, y: float) -> None:
        """The boxes in which an approved document is signed; none is signed here."""
        boxes, width = ("담당", "과장", "국장", "부시장", "시장"), 68.0
        self.canvas.setStrokeColor(HAIR)
        for index, name in enumerate(boxes):
            x = MARGIN + index * width
            self.canvas.rect(x, y, width, 58, stroke=1, fill=0)
            self.canvas.line(x, y + 38, x + width, y + 38)
            self.text(x + 8, y + 44, name, MEDIUM, 9.5, SOFT)
            self.text(x + 18, y + 14, "(모의)", REGULAR, 10, SOFT)

    def press_head(self) -> None:
        """The head of a short paper."""
        self.canvas.setFillColor(self.tone)
        self.canvas.rect(0, HEIGHT - 96, WIDTH, 96, stroke=0, fill=1)
        self.text(MARGIN, HEIGHT - 62, self.document.kind, BLACK, 24, white)
        day = self.document.date
        told = f"{self.document.department_ko} · {day.year}. {day.month}. {day.day}."
        self.canvas.setFont(MEDIUM, 11)
        self.canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 58, told)

    def contents(self) -> None:
        """The table of contents."""
        self.text(MARGIN, HEIGHT - 120, "차례", BLACK, 26)
        y = HEIGHT - 176
        for number, (title, page) in enumerate(self.document.toc, 1):
            self.text(MARGIN, y, f"{number}.", BOLD, 13, self.tone)
            self.text(MARGIN + 26, y, title, MEDIUM, 14)
            self.canvas.setStrokeColor(HAIR)
            self.canvas.setDash(1, 3)
            start = MARGIN + 36 + pdfmetrics.stringWidth(title, MEDIUM, 14)
            self.canvas.line(start, y + 3, WIDTH - MARGIN - 26, y + 3)
            self.canvas.setDash()
            self.canvas.setFillColor(INK)
            self.canvas.setFont(BOLD, 13)
            self.canvas.drawRightString(WIDTH - MARGIN, y, str(page))
            y -= 36
        self.block(MARGIN, y - 30, WIDTH - 2 * MARGIN, NOTE, REGULAR, 10.5, 16, SOFT)

    def page(self, number: int, paragraphs: tuple[str, ...]) -> None:
        """A page of text with one figure."""
        y = HEIGHT - 84
        if number > 1:
            self.text(MARGIN, HEIGHT - 48, self.document.title_ko[:44], MEDIUM, 9, SOFT)
            self.canvas.setStrokeColor(HAIR)
            self.canvas.line(MARGIN, HEIGHT - 56, WIDTH - MARGIN, HEIGHT - 56)
        else:
            y = self.block(MARGIN, HEIGHT - 146, WIDTH - 2 * MARGIN, self.document.title_ko, BLACK, 21, 29) - 12
        if number in self.heads:
            order = [page for _, page in self.document.toc].index(number) + 1
            self.text(MARGIN, y - 14, str(order), BLACK, 26, self.tone)
            self.text(MARGIN + 30, y - 14, self.heads[number], BLACK, 20)
            y -= 52
        for paragraph in paragraphs:
            y = self.block(MARGIN, y, WIDTH - 2 * MARGIN, paragraph, REGULAR, 12.5, 22) - 11
        box = (MARGIN, y - 262, WIDTH - 2 * MARGIN, 238.0)
        if box[1] > 70:
            figures.figure(self.canvas, box, self.document.id, number, self.tone)
        below = (MARGIN, box[1] - 96, WIDTH - 2 * MARGIN, 72.0)
        if below[1] > 70:
            figures.tiles(self.canvas, below, f"{self.document.id}/{number}", self.tone)

    def foot(self, number: int) -> None:
        """The page's number, and what kind of document this is: along the foot and across the page."""
        canvas = self.canvas
        if number > 1 or self.kind in PRESS:
            canvas.saveState()
            canvas.setFillColor(Color(0.78, 0.18, 0.24, alpha=0.07))
            canvas.setFont(BLACK, 92)
            canvas.translate(WIDTH / 2, HEIGHT / 2 - 20)
            canvas.rotate(38)
            canvas.drawCentredString(0, 0, SIMULATED)
            canvas.restoreState()
        self.text(MARGIN, 36, f"{SIMULATED} · {NOTE}", REGULAR, 8, SOFT)
        canvas.setFont(BOLD, 10)
        canvas.setFillColor(INK)
        canvas.drawRightString(WIDTH - MARGIN, 36, f"{number} / {self.document.pages}")

    def stamp(self, x: float, y: float) -> None:
        """The red stamp of a simulated document."""
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(8 + 6 * unit("stamp", self.document.id))
        canvas.setStrokeColor(STAMP)
        canvas.setLineWidth(2.4)
        canvas.roundRect(0, 0, 112, 44, 5, stroke=1, fill=0)
        canvas.setFillColor(STAMP)
        canvas.setFont(BLACK, 22)
        canvas.drawCentredString(56, 14, SIMULATED)
        canvas.restoreState()
