"""The minutes of a meeting as a PDF: a head, who was there, what was shown, decided, written, and, with everybody's
consent, said."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from assistant.contracts import Unavailable
from telephony.minutes import Record, Said, Shown

KST = timezone(timedelta(hours=9))
WIDTH, HEIGHT = A4
MARGIN, FOOT = 62.0, 74.0
REGULAR, MEDIUM, BOLD, BLACK = "Pretendard-Regular", "Pretendard-Medium", "Pretendard-Bold", "Pretendard-ExtraBold"
TONE, INK, SOFT, HAIR = HexColor("#1f5fa8"), HexColor("#1b2436"), HexColor("#5b6679"), HexColor("#d5dbe6")
HIDDEN = "(열람 권한이 없는 자료)"
_KINDS = {
    "console": "부서", "wall": "시장실", "tablet": "시장실", "watch": "시장실", "tv": "TV", "guest": "현장",
    "phone": "전화",
}  # fmt: skip
_fonts = threading.Lock()


def minutes_pdf(record: Record, title_of: Callable[[Shown], str | None], fonts: Path) -> bytes:
    """The PDF. title_of: what was shown, in words; None where the reader may not know. fonts: folder of Pretendard.

    The same record gives the same bytes. Raises Unavailable `no-fonts`.
    """
    _use_fonts(fonts)
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"회의록: {record.title_ko}")
    canvas.setAuthor("서울특별시")
    canvas.setCatalogEntry("Lang", PDFString("ko-KR"))
    _Sheet(canvas, record, title_of).write()
    canvas.save()
    return target.getvalue()


class _Sheet:
    def __init__(self, canvas: Canvas, record: Record, title_of: Callable[[Shown], str | None]) -> None:
        self.canvas, self.record, self.title_of = canvas, record, title_of
        self.page, self.y = 1, 0.0

    def write(self) -> None:
        """Everything, page after page."""
        self._head()
        self._people()
        self._section("안건과 본 자료", list(self._shown()) or [(None, "함께 본 자료가 없습니다.")])
        self._section("결정 사항", self._said(self.record.decisions) or [(None, "기록된 결정이 없습니다.")])
        if self.record.chat:
            self._section("채팅", self._said(self.record.chat))
        self._section("발언", self._speech())
        self._foot()
        self.canvas.showPage()

    def _head(self) -> None:
        canvas, record = self.canvas, self.record
        canvas.setFillColor(TONE)
        canvas.rect(0, HEIGHT - 168, WIDTH, 168, stroke=0, fill=1)
        self._text(MARGIN, HEIGHT - 62, "회의록", BOLD, 13, white)
        y = HEIGHT - 98
        for line in list(_lines(record.title_ko or record.room, BLACK, 25, WIDTH - 2 * MARGIN))[:2]:
            self._text(MARGIN, y, line, BLACK, 25, white)
            y -= 32
        self._text(MARGIN, HEIGHT - 150, _span(record), MEDIUM, 11.5, white)
        self.y = HEIGHT - 210

    def _people(self) -> None:
        rows = []
        for one in self.record.people.values():
            spans = ", ".join(f"{_clock(begin)}-{_clock(end) if end else ''}" for begin, end in one.spans)
            rows.append((_KINDS.get(one.kind, ""), f"{one.name_ko}  {spans}{'  (진행)' if one.hosted else ''}"))
        self._section(f"참석 {len(rows)}", rows)

    def _shown(self) -> Iterator[tuple[str | None, str]]:
        for first in self.record.agenda:
            pages = [p.number for p in self.record.pages if (p.document, p.panel) == (first.document, first.panel)]
            title = self.title_of(first)
            numbers = f"  {_numbers(pages)}쪽" if first.document and title else ""
            yield _clock(first.at), f"{title or HIDDEN}{numbers}"

    def _said(self, lines: list[Said]) -> list[tuple[str | None, str]]:
        return [(_clock(line.at), f"{line.name}: {' '.join(line.text.split())}") for line in lines]

    def _speech(self) -> list[tuple[str | None, str]]:
        if self.record.transcript:
            note = (None, "참석자 모두의 동의로 음성을 자동 인식한 것이며, 틀린 곳이 있을 수 있습니다.")
            return [note, *self._said(self.record.transcript)]
        return [(None, "발언은 기록하지 않았습니다.")]

    def _section(self, title: str, rows: Sequence[tuple[str | None, str]]) -> None:
        self._room(58)
        self._text(MARGIN, self.y, title, BLACK, 15)
        self.canvas.setStrokeColor(HAIR)
        self.canvas.line(MARGIN, self.y - 8, WIDTH - MARGIN, self.y - 8)
        self.y -= 28
        for label, words in rows:
            indent = 52 if label is not None else 0
            for number, line in enumerate(_lines(words, REGULAR, 11.5, WIDTH - 2 * MARGIN - indent)):
                self._room(18)
                if number == 0 and label:
                    self._text(MARGIN, self.y, label, MEDIUM, 10.5, SOFT)
                self._text(MARGIN + indent, self.y, line, REGULAR, 11.5)
                self.y -= 18
        self.y -= 18

    def _room(self, points: float) -> None:
        """A new page where the line would not fit on this one."""
        if self.y - points > FOOT - 18:
            return
        self._foot()
        self.canvas.showPage()
        self.page, self.y = self.page + 1, HEIGHT - 84

    def _foot(self) -> None:
        self._text(MARGIN, 36, f"{self.record.title_ko} · {_span(self.record)}", REGULAR, 8, SOFT)
        self.canvas.setFont(BOLD, 10)
        self.canvas.setFillColor(INK)
        self.canvas.drawRightString(WIDTH - MARGIN, 36, str(self.page))

    def _text(self, x: float, y: float, words: str, font: str, size: float, color: object = INK) -> None:
        self.canvas.setFillColor(color)
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, words)


def _use_fonts(folder: Path) -> None:
    with _fonts:
        for name in (REGULAR, MEDIUM, BOLD, BLACK):
            if name in pdfmetrics.getRegisteredFontNames():
                continue
            try:
                pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
            except (OSError, TTFError) as error:
                raise Unavailable("no-fonts", f"{folder}/{name}.ttf cannot be read: run set-up again") from error


def _lines(text: str, font: str, size: float, width: float) -> Iterator[str]:
    """Lines no wider than `width`, broken between words, and within a word only where it alone is too wide."""
    line = ""
    for word in text.split():
        rest = word
        while rest:
            joined = f"{line} {rest}" if line else rest
            if pdfmetrics.stringWidth(joined, font, size) <= width:
                line, rest = joined, ""
            elif line:
                yield line
                line = ""
            else:
                fits = 1
                while pdfmetrics.stringWidth(rest[: fits + 1], font, size) <= width:
                    fits += 1
                yield rest[:fits]
                rest = rest[fits:]
    if line:
        yield line


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, KST).strftime("%H:%M")


def _span(record: Record) -> str:
    begin = datetime.fromtimestamp(record.opened_at, KST)
    end = f" - {_clock(record.ended_at)}" if record.ended_at is not None else ""
    return f"{begin.year}년 {begin.month}월 {begin.day}일 {_clock(record.opened_at)}{end}"


def _numbers(pages: list[int]) -> str:
    """1, 2, 3, 7 as "1-3, 7"."""
    found: list[list[int]] = []
    for page in sorted(set(pages)):
        if found and page == found[-1][-1] + 1:
            found[-1].append(page)
        else:
            found.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in found)
