"""Labels of a screen, spoken for who cannot see them: short, made of the product's own words, kept once made.

Nobody makes the voice say anything he likes: every word must stand on a public page, or be a number.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.contracts import BadInput, SeoulaError, Unavailable
from assistant.workers import Workers
from content_registry.schema import Registry, Visibility

LONGEST = 120
"""Characters of a label."""
TIMEOUT_S = 12.0
BURST, PER_SECOND = 12, 1.0
"""How many new labels a caller may ask for at once, and how many more each second after that."""
MOST_CALLERS, MOST_KEPT, MOST_WAITING = 1000, 2000, 8
_PAIR = re.compile(r'\["((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\]')
_TOKEN = re.compile(r"[0-9A-Za-z가-힣]+")
_NUMBER = re.compile(r"\d+")
_STATES = ("켜짐", "on", "분", "초", "시", "일", "월", "년", "개", "명", "대", "건", "원", "만", "억", "도", "위", "쪽")


def tokens(text: str) -> set[str]:
    """The words of a text without marks, blanks and numbers, in lower case."""
    return {t for t in (m.group().lower() for m in _TOKEN.finditer(text)) if not _NUMBER.fullmatch(t)}


def leaves(value: Any) -> Iterator[str]:
    """Every string of a JSON value, keys included: a map's areas are keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


def page_words(web: Path) -> Iterator[str]:
    """The words of the pages themselves: every ["Korean", "English"] pair of their modules."""
    for path in sorted(web.rglob("*.js")):
        for match in _PAIR.finditer(path.read_text("utf-8")):
            yield from match.groups()


def public_words(registry: Registry, web: Path) -> frozenset[str]:
    """Every word that a citizens' page may have on a control."""
    names: list[str] = [*page_words(web), *_STATES]
    for panel in registry.panels.values():
        if panel.visibility is Visibility.PUBLIC:
            names += [panel.name_ko, panel.name_en]
    for menu in registry.menus.values():
        names += [menu.ko, menu.en]
    for submenu in registry.submenus.values():
        names += [submenu.ko, submenu.en]
    for district in registry.districts.values():
        names += [district.ko, district.en]
    return frozenset().union(*(tokens(name) for name in names))


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(slots=True)
class Allowance:
    """A token bucket for each caller; who has not asked for the longest time is forgotten first."""

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, caller: str) -> bool:
        """Whether the caller may have one more now."""
        now = self.clock()
        bucket = self._buckets.setdefault(caller, _Bucket(BURST, now))
        self._buckets.move_to_end(caller)
        while len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True


@dataclass(slots=True)
class _Making:
    files: list[str]
    done: asyncio.Future[tuple[str, ...]]


class Labels:
    """Asks the voice worker for labels. `folder`: where it puts its sounds. `on`: whether a screen may play them."""

    def __init__(
        self, workers: Workers, folder: Path, *, on: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers, self._folder, self._on = workers, folder, on
        self._allowance = Allowance(clock)
        self._kept: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()
        self._making: dict[str, _Making] = {}
        self._asked: dict[tuple[str, str], asyncio.Future[tuple[str, ...]]] = {}
        self._words: tuple[Registry | None, frozenset[str]] = (None, frozenset())
        workers.listen("speaking", self._message)

    def words(self, registry: Registry, web: Path) -> frozenset[str]:
        """`public_words`, kept for as long as the registry is the same."""
        if self._words[0] is not registry:
            self._words = (registry, public_words(registry, web))
        return self._words[1]

    async def sound(self, text: str, language: str, caller: str, words: Iterable[str] | None) -> tuple[str, ...]:
        """Names of the sound files of a label, to be played in order.

        words: of which the label must consist, None for a trusted caller. Raises BadInput("not-a-label"),
        Unavailable("speaking-unavailable", "too-many-labels").
        """
        text = " ".join(text.split())
        if not text or len(text) > LONGEST or not text.isprintable():
            raise BadInput("not-a-label", f"a label has 1 to {LONGEST} characters")
        if words is not None and not tokens(text) <= set(words):
            raise BadInput("not-a-label", "only the words that a page shows are read out")
        if not self._on:
            raise Unavailable("speaking-unavailable", "no screen plays sound here; see speaking.output")
        wanted = (language, text)
        kept = self._kept.get(wanted)
        if kept and all((self._folder / name).is_file() for name in kept):
            self._kept.move_to_end(wanted)
            return kept
        if wanted not in self._asked:
            if not self._workers.connected("speaking"):
                raise Unavailable("speaking-unavailable", "the voice is not running")
            if len(self._asked) >= MOST_WAITING or not self._allowance.take(caller):
                raise Unavailable("too-many-labels", "too many labels at once; ask again in a moment")
            self._asked[wanted] = asyncio.ensure_future(self._make(text, language))
            self._asked[wanted].add_done_callback(lambda done: self._made(wanted, done))
        return await asyncio.shield(self._asked[wanted])

    async def _make(self, text: str, language: str) -> tuple[str, ...]:
        utterance = f"label-{secrets.token_hex(8)}"
        making = _Making([], asyncio.get_running_loop().create_future())
        self._making[utterance] = making
        try:
            message = {"type": "synthesize", "utterance": utterance, "text": text, "language": language}
            await self._workers.send("speaking", message)
            return await asyncio.wait_for(making.done, TIMEOUT_S)
        except TimeoutError as error:
            raise Unavailable("speaking-unavailable", "the voice did not answer in time") from error
        finally:
            del self._making[utterance]

    def _made(self, wanted: tuple[str, str], done: asyncio.Future[tuple[str, ...]]) -> None:
        self._asked.pop(wanted, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[wanted] = done.result()
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def _message(self, message: dict[str, Any]) -> None:
        making = self._making.get(str(message.get("utterance", "")))
        if making is None or making.done.done():
            return
        if message.get("type") == "audio" and isinstance(message.get("path"), str):
            making.files.append(Path(message["path"]).name)
            if message.get("last", True) is not False:
                making.done.set_result(tuple(making.files))
        elif message.get("type") == "failed":
            failed: SeoulaError = Unavailable("speaking-unavailable", "the voice could not make this label")
            making.done.set_exception(failed)
