"""The bookcase in the room: what opens, what closes, and what changes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.bookcases import book_titles, build_bookcase
from assistant.contracts import BadInput, Direction, Intent, IntentName, NotPermitted, Outcome, OutcomeCode, Source
from assistant.gate import Gate, ScreenStanding, Trust
from assistant.outcomes import Ended
from assistant.seeing import Seeing
from assistant.settings import Settings
from assistant.settings_seeing import SeeingSettings
from assistant.shelf_desk import ShelfDesk
from assistant.supervise import Supervisor
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.papers.bookcase import book_in
from display_bridge.papers.shelved import ShelvedCityData
from display_bridge.state import Entry
from display_bridge.views import build_view
from tests.assistant.worker_fakes import FakeWorkers, idle

REGISTRY = load_registry()
CATALOGUE = """books:
  - {id: white, title_ko: 서울시정백서 2025, title_en: White paper, author: 서울시, document: white-paper-01}
  - {id: green, title_ko: 서울환경백서 2025, title_en: Green paper, author: 서울시, document: white-paper-03}
  - {id: secret, title_ko: 시장 보고서, title_en: A report, author: 비서실, document: cloud-01}
  - {id: site, title_ko: 우리 책, title_en: Our book, author: 서울시, pdf: ours.pdf, cover: ours.png, toc: [1 처음]}
  - {id: lost, title_ko: 잃어버린 책, title_en: A lost book, author: 서울시, pdf: lost.pdf}
  - {id: web, title_ko: 누리집 책, title_en: A web book, author: 서울시, web: "https://example.org/a"}
"""


class Stage:
    """A display whose screens follow what is proposed, and what the desk says on it."""

    def __init__(self, folder: Path) -> None:
        documents = folder / "documents"
        documents.mkdir()
        pages = b"%PDF-1.4\n1 0 obj<</Type /Pages /Count 3>>endobj\n%%EOF"
        (documents / "ours.pdf").write_bytes(pages)
        (documents / "ours.png").write_bytes(b"\x89PNG")
        (folder / "books.yaml").write_text(CATALOGUE, "utf-8")
        settings = Settings.model_validate(
            {"state_dir": folder, "documents": {"folder": documents}, "seeing": {"books": folder / "books.yaml"}}
        )
        self.case = build_bookcase(settings)
        assert self.case.shelf is not None
        self.provider = ShelvedCityData(SimulatedCityData(), self.case.shelf, REGISTRY, None, self.case)
        self.registry, self.workers = REGISTRY, FakeWorkers("camera-case")
        given = SeeingSettings.model_validate(
            {"cameras": [{"name": "case", "source": "/dev/video0", "shelf": "mayor"}]}
        )
        self.seeing = Seeing(self.workers, given, "main", asyncio.ensure_future, Supervisor(lambda *_: None))
        self.desk = ShelfDesk(self, self, self.seeing, self.case, self.provider)
        self.screens = [Entry("home")]
        self.gate, self.trust = Gate(REGISTRY, {}), Trust.INTERNAL
        self.notices: dict[str, str] = {}
        self.proposed: list[Intent] = []
        self.alert = False

    async def propose(self, display: str, intent: Intent, source: Source) -> Ended:
        assert (display, source) == ("main", Source.SHELF)
        self.proposed.append(intent)
        if (refused := self.gate.objection(intent, ScreenStanding("wall", self.trust))) is not None:
            return refused, "run"
        if intent.name is IntentName.SHOW_PANEL:
            self.screens.append(Entry(str(intent.panel), {"item": str(intent.item)}))
        elif intent.direction is Direction.BACK and len(self.screens) > 1:
            self.screens.pop()
        return Outcome(OutcomeCode.SHOWN, "", ""), "run"

    def spawn(self, work: Any) -> object:
        return asyncio.ensure_future(work)

    def shown(self, display: str) -> Entry:
        return self.screens[-1]

    def covered(self, display: str) -> bool:
        return self.alert

    def tell(self, display: str, code: str, text_ko: str = "", text_en: str = "") -> None:
        self.notices.pop(code, None)
        if text_ko:
            self.notices[code] = text_ko

    async def sees(self, *events: tuple[str, str]) -> str | None:
        for kind, book in events:
            await self.desk.take("main", {"type": kind, "book": book, "slot": "1-01", "t": 1.0})
        return book_in(self.screens[-1].args.get("item"))

    def view(self, panel: str, book: str) -> dict[str, Any]:
        view = build_view(REGISTRY.panels[panel], REGISTRY, self.provider, datetime.now(UTC), {"item": f"book:{book}"})
        return dict(view["blocks"][0])


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def test_the_last_book_taken_shows_and_each_goes_when_it_is_back(stage: Stage) -> None:
    assert await stage.sees(("book_taken", "white")) == "white"
    assert await stage.sees(("book_taken", "green")) == "green"
    assert stage.case.out == ["white", "green"]
    others = build_view(
        REGISTRY.panels["library-smart-bookshelf"], REGISTRY, stage.provider, datetime.now(UTC), {"item": "book:green"}
    )["blocks"][1]
    assert [row["id"] for row in others["documents"]] == ["book:green", "book:white"]
    assert await stage.sees(("book_returned", "white")) == "green", "what shows is still out"
    assert await stage.sees(("book_returned", "green")) is None, "and the one beneath it is back already"
    assert stage.screens == [Entry("home")]


async def test_a_screen_that_somebody_changed_stays(stage: Stage) -> None:
    await stage.sees(("book_taken", "white"))
    stage.screens.append(Entry("air-quality"))
    await stage.sees(("book_returned", "white"))
    assert stage.screens[-1].panel == "air-quality"
    assert [intent.name for intent in stage.proposed] == [IntentName.SHOW_PANEL]


async def test_an_alert_waits_for_nothing_and_the_book_closes_behind_it(stage: Stage) -> None:
    stage.desk.start()
    await stage.sees(("book_taken", "white"))
    stage.alert = True
    await stage.sees(("book_returned", "white"))
    assert len(stage.screens) == 2
    stage.alert = False
    seen = {"type": "seen", "camera": "case", "ability": "shelf", "event": {"type": "door_closed", "t": 2.0}}
    stage.workers.says("camera-case", seen)
    for _ in range(20):
        await idle()
    assert stage.screens == [Entry("home")]


async def test_a_worker_that_starts_anew_opens_nothing_and_closes_only_what_is_back(stage: Stage) -> None:
    await stage.sees(("book_taken", "white"), ("book_taken", "green"))
    await stage.desk.take("main", {"type": "shelf_seen", "out": ["white", "green", "site"]})
    assert len(stage.proposed) == 2
    assert stage.case.out == ["white", "green", "site"]
    await stage.desk.take("main", {"type": "shelf_seen", "out": ["white"]})
    assert book_in(stage.screens[-1].args.get("item")) == "white"


async def test_a_private_book_opens_only_on_an_unlocked_screen(stage: Stage) -> None:
    assert await stage.sees(("book_taken", "secret")) is None
    assert stage.proposed[-1].panel == "fn-cloud-folder"
    assert "시장 보고서" not in str(stage.view("library-smart-bookshelf", "secret"))
    assert "secret" not in str(stage.view("library-smart-bookshelf", "white"))
    stage.trust = Trust.PRIVATE
    assert await stage.sees(("book_returned", "secret"), ("book_taken", "secret")) == "secret"
    assert stage.view("fn-cloud-folder", "secret")["document"]["title_ko"] == "시장 보고서"


async def test_what_a_book_opens(stage: Stage) -> None:
    ours = stage.view("library-smart-bookshelf", "site")
    assert (ours["kind"], ours["document"]["pages"], ours["book"]["cover"]) == (
        "document-viewer",
        3,
        "/api/v1/books/site/cover",
    )
    assert ours["document"]["toc"] == [{"title_ko": "처음", "page": 1}]
    assert stage.view("library-smart-bookshelf", "lost")["note_ko"].startswith("이 책의 파일이 없습니다")
    web = stage.view("library-smart-bookshelf", "web")
    assert web["address"] == "https://example.org/a"
    assert web["qr"].startswith("data:image/svg+xml")
    now = datetime.now(UTC)
    one = stage.case.open("site", REGISTRY, stage.provider, now)
    assert stage.case.cover(one, Visibility.INTERNAL)[1] == "image/png"
    with pytest.raises(NotPermitted):
        stage.case.cover(one, Visibility.PUBLIC)
    with pytest.raises(BadInput):
        stage.case.open("none", REGISTRY, stage.provider, now)


async def test_notices_are_small_and_open_nothing(stage: Stage) -> None:
    await stage.sees(("door_opened", ""))
    assert stage.notices == {"shelf-open": "책을 꺼내시면 내용이 열립니다."}
    await stage.sees(("book_taken", "1-07"), ("unknown_change", ""))
    assert list(stage.notices) == ["shelf-unlisted", "shelf-unknown"]
    await stage.desk.take("main", {"type": "book_returned", "book": "1-07", "slot": "1-02", "elsewhere": True})
    assert "shelf-elsewhere" in stage.notices
    assert stage.proposed == []
    for timer in stage.desk._timers.values():
        timer.cancel()


async def test_a_contact_at_the_door_is_told_to_the_camera(stage: Stage) -> None:
    stage.desk.start()
    stage.desk.door("mayor", is_open=True)
    await idle()
    assert stage.workers.sent[-1]["message"] == {"door": "open"}
    with pytest.raises(BadInput):
        stage.desk.door("other", is_open=True)


@pytest.mark.parametrize(
    ("text", "book"),
    [
        ("서울시정백서 책 보여줘", "white"), ("시정 백서 책 펼쳐 줘", "white"), ("서울아 환경백서 책", "green"),
        ("서울시정백서 2025 펼쳐줘", "white"), ("시정백서 보여줘", None), ("메뉴 펼쳐줘", None),
        ("백서 책 보여줘", None), ("정책 보여줘", None), ("책장 보여줘", None),
    ],
)  # fmt: skip
def test_books_are_asked_for_by_their_titles(stage: Stage, text: str, book: str | None) -> None:
    found = book_titles(stage.case, REGISTRY, stage.provider).wish(text)
    assert (found.item if found else None) == (f"book:{book}" if book else None)
