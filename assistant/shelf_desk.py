"""The bookcase in the room: a book that is taken out opens on the wall by the one path, and closes when it is put back.

Events come from the cameras that look at an enrolled shelf. What a shelf held when it was first seen opens nothing; a
camera or a worker that goes closes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from assistant.contracts import BadInput, Direction, Intent, IntentName, SeoulaError, Source
from assistant.outcomes import Ended
from assistant.seeing import Seeing
from content_registry.schema import Registry
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.papers.bookcase import ITEM, Bookcase, book_in
from display_bridge.state import Entry

log = structlog.get_logger(__name__)

ABILITY = "shelf"
HINT_S, NOTICE_S, COVERED_S = 30.0, 20.0, 1.0
"""How long the hint at the door and other notices stand; how often a screen that an alert covers is looked at again."""
MOST_STEPS = 8
"""Books that were put back in another order than they were taken in, beneath one another on a screen."""
_HINT = ("shelf-open", "책을 꺼내시면 내용이 열립니다.", "Take a book out, and its contents open here.")
_NOT_LISTED = ("shelf-unlisted", "꺼내신 책은 도서 목록에 없습니다.", "The book you took is not in the catalogue.")
_ELSEWHERE = ("shelf-elsewhere", "책이 다른 자리에 꽂혔습니다.", "A book was put back at another place.")
_UNKNOWN = (
    "shelf-unknown",
    "책장에 목록에 없는 것이 놓였습니다.",
    "Something that is none of its books stands in the bookcase.",
)
_SILENT = ("shelf-silent", "책의 내용을 지금 불러오지 못했습니다.", "The book's contents cannot be had just now.")


class Room(Protocol):
    """The service, as far as books are opened with it."""

    registry: Registry

    async def propose(self, display: str, intent: Intent, source: Source) -> Ended: ...
    def spawn(self, work: Coroutine[Any, Any, None]) -> object: ...


class Glass(Protocol):
    """What stands on a display, and small notices on it."""

    def shown(self, display: str) -> Entry: ...
    def covered(self, display: str) -> bool: ...
    def tell(self, display: str, code: str, text_ko: str = "", text_en: str = "") -> None: ...


class ShelfDesk:
    """Over a service; `start` once its workers may be told things."""

    def __init__(
        self, room: Room, glass: Glass, seeing: Seeing, bookcase: Bookcase, provider: CityDataProvider
    ) -> None:
        self._room, self._glass, self._seeing = room, glass, seeing
        self._bookcase, self._provider = bookcase, provider
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._opened: set[str] = set()
        self._where: dict[str, str] = {}
        self._closing: dict[str, str] = {}
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}
        seeing.listen(ABILITY, lambda camera, event: self._events.put_nowait((camera, event)))

    def cameras(self, shelf: str) -> list[str]:
        """The cameras that look at a shelf."""
        return [name for name, its in self._seeing.cameras.items() if its.shelf == shelf]

    def start(self) -> None:
        """Look at every shelf that a camera stands before."""
        wanted = [name for name, its in self._seeing.cameras.items() if its.shelf is not None]
        for camera in wanted:
            self._seeing.use(camera, ABILITY, on=True)
        if wanted:
            self._room.spawn(self._work())

    def learn_again(self, shelf: str) -> None:
        """A shelf was enrolled anew."""
        for camera in self.cameras(shelf):
            self._seeing.use(camera, ABILITY, on=False)
            self._seeing.use(camera, ABILITY, on=True)

    def door(self, shelf: str, *, is_open: bool) -> None:
        """What a contact at the door says. Raises BadInput `no-such-shelf` where no camera looks at it."""
        cameras = self.cameras(shelf)
        if not cameras:
            raise BadInput("no-such-shelf", f"no camera looks at a shelf {shelf!r}")
        for camera in cameras:
            self._seeing.tell(camera, ABILITY, {"door": "open" if is_open else "closed"}, keep="door")

    # ------------------------------------------------------------------------------------------------- what is seen

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                camera, event = await asyncio.wait_for(self._events.get(), COVERED_S if self._closing else None)
                try:
                    await self.take(self._seeing.display_of(camera), event)
                except SeoulaError as error:
                    log.warning("an event of the bookcase led to nothing", code=error.code, kind=event.get("type"))
            for book, display in list(self._closing.items()):
                try:
                    await self._close(display, book)
                except SeoulaError as error:
                    log.warning("a book was not closed", code=error.code)

    async def take(self, display: str, event: dict[str, Any]) -> None:
        """One event before a display. Raises SeoulaError where a run does not end."""
        match event.get("type"):
            case "door_opened":
                self._notice(display, *_HINT, seconds=HINT_S)
            case "door_closed":
                self._glass.tell(display, _HINT[0])
            case "book_taken":
                await self._taken(display, str(event.get("book")))
            case "book_returned":
                if event.get("elsewhere"):
                    self._notice(display, *_ELSEWHERE)
                await self._returned(display, str(event.get("book")))
            case "unknown_change":
                self._notice(display, *_UNKNOWN)
            case "shelf_seen":
                await self._seen(display, event.get("out"))
            case "view_lost":
                log.warning("the bookcase is not seen", display=display, reason=event.get("reason"))
            case "view_back":
                log.info("the bookcase is seen again", display=display)
            case "error":
                log.warning("the bookcase cannot be watched", code=event.get("code"), message=event.get("message"))

    async def _taken(self, display: str, book: str) -> None:
        self._glass.tell(display, _HINT[0])
        self._remember(display, book)
        if book not in self._bookcase.books:
            self._notice(display, *_NOT_LISTED)
            return
        try:
            one = self._bookcase.open(book, self._room.registry, self._provider, datetime.now(UTC))
        except SeoulaError as error:
            log.warning("a book's contents cannot be had", code=error.code)
            self._notice(display, *_SILENT)
            return
        self._opened.add(book)
        intent = Intent(IntentName.SHOW_PANEL, panel=one.panel, item=ITEM + book)
        await self._room.propose(display, intent, Source.SHELF)

    async def _returned(self, display: str, book: str) -> None:
        self._forget(book)
        if book in self._opened:
            await self._close(display, book)

    async def _seen(self, display: str, out: object) -> None:
        """What is out, told once a shelf is seen for the first time, or again after its camera was away."""
        now = {str(book) for book in out} if isinstance(out, list) else set()
        for book in [book for book, where in self._where.items() if where == display and book not in now]:
            await self._returned(display, book)
        for book in sorted(now - self._where.keys()):
            self._remember(display, book)

    def _remember(self, display: str, book: str) -> None:
        self._forget(book)
        self._where[book] = display
        self._closing.pop(book, None)
        if book in self._bookcase.books:
            self._bookcase.out.append(book)

    def _forget(self, book: str) -> None:
        self._where.pop(book, None)
        if book in self._bookcase.out:
            self._bookcase.out.remove(book)

    async def _close(self, display: str, book: str) -> None:
        """Back to what the display showed before, where the book still stands on it. Books that were put back while
        another one covered them go with it."""
        if self._glass.covered(display):
            self._closing[book] = display
            return
        self._closing.pop(book, None)
        if book_in(self._glass.shown(display).args.get("item")) != book:
            return
        for _ in range(MOST_STEPS):
            shown = book_in(self._glass.shown(display).args.get("item"))
            if shown is None or shown in self._where or shown not in self._opened:
                return
            await self._room.propose(display, Intent(IntentName.NAVIGATE, direction=Direction.BACK), Source.SHELF)

    def _notice(self, display: str, code: str, text_ko: str, text_en: str, seconds: float = NOTICE_S) -> None:
        self._glass.tell(display, code, text_ko, text_en)
        if (running := self._timers.pop((display, code), None)) is not None:
            running.cancel()
        timer = asyncio.get_running_loop().call_later(seconds, self._glass.tell, display, code)
        self._timers[display, code] = timer
