"""What other parts make from the registry: recogniser phrases, NLU data, the menu tree and sentences to test with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from content_registry.books import ShelfBook, said_titles
from content_registry.jamo import compact
from content_registry.matcher import WAKE_WORD
from content_registry.schema import Registry
from content_registry.spoken import is_sayable, spoken_forms
from content_registry.templates import josa
from content_registry.training import Entity, TrainingLine, has_value, training_lines

COMMAND_PHRASES: Mapping[str, tuple[str, ...]] = {
    "navigate": ("뒤로", "이전 화면", "다음", "다음 화면", "되돌려", "위로", "아래로", "다음 쪽", "이전 쪽"),
    "stop": ("그만", "멈춰", "닫아", "취소", "꺼"),
    "repeat": ("다시 말해", "뭐라고", "한 번 더"),
    "help": ("도움말", "뭐 할 수 있어", "사용법"),
    "zoom": ("확대", "축소", "크게", "작게"),
    "rotation": ("순환 시작", "순환 정지", "계속 돌려"),
    "private_mode": ("비공개 모드", "공개 모드"),
    "call": ("전화 걸어", "영상전화", "음성전화", "통화 종료"),
    "conference": ("화상회의", "회의 시작", "회의 종료"),
    "work_order": ("업무 지시",),
    "open_report": ("보고서 열어", "보고자료"),
    "open_document": ("문서 열어",),
    "confirm": ("네", "예", "응", "맞아", "그래"),
    "deny": ("아니요", "아니", "아니야"),
    "choose": ("첫 번째", "두 번째", "세 번째", "네 번째", "일 번", "이 번", "삼 번", "사 번"),
}
"""Short commands without a panel's name, by intent, as the recogniser should expect them."""

VERBS = ("보여줘", "보여 줘", "띄워줘", "알려줘", "어때", "얼마야", "열어줘", "틀어줘", "연결해줘", "전화해줘", "가줘")
"""Verbs that follow a name in speech: kept apart, so that the list of phrases does not grow by their number."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something a recogniser should expect. At most one of the five says what it names.

    written: as it is written, where that is not how it is said ("CCTV"); empty where it is.
    """

    text: str
    panel: str | None = None
    intent: str | None = None
    department: str | None = None
    district: str | None = None
    written: str = ""
    book: str | None = None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A panel in the menu."""

    id: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A submenu, or (with id None) the panels that stand directly under their menu."""

    id: str | None
    ko: str
    en: str
    panels: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class MenuTree:
    """A menu with its sections, in the registry's order."""

    id: str
    ko: str
    en: str
    sections: tuple[MenuSection, ...]


@dataclass(frozen=True, slots=True)
class SentenceTest:
    """A sentence in which the panel must be found."""

    sentence: str
    panel: str


def recogniser_phrases(
    registry: Registry, commands: Mapping[str, Iterable[str]] = COMMAND_PHRASES
) -> tuple[Phrase, ...]:
    """Everything sayable in Korean: panels, departments, districts, places and the given commands, verbs apart.

    Names with Latin letters or digits are given as they are said, abbreviations among the English ones too ("NO2").
    A phrase that two things share (spaces apart) stands once, for the first of them; the wake word is not among them.
    """
    found: dict[str, Phrase] = {}

    def add(phrase: Phrase) -> None:
        key = compact(phrase.text)
        if key != WAKE_WORD:
            first = found.setdefault(key, phrase)
            if replace(phrase, text=first.text, written="") == first:  # the alias "씨씨티비" beside the name "CCTV"
                found[key] = replace(first, written=phrase.written)

    for panel in registry.panels.values():
        for text, written in _sayable(panel.names):
            add(Phrase(text, panel=panel.id, written=written))
    for department in registry.departments.values():
        for text, written in _sayable((department.name_ko, department.name_ko_current, *department.aliases_ko)):
            add(Phrase(text, department=department.id, written=written))
    for district in registry.districts.values():
        for text, written in _sayable((district.ko, *district.aliases_ko)):
            add(Phrase(text, district=district.code, written=written))
    for place in registry.places.values():
        for text, written in _sayable((place.ko, *place.aliases_ko)):
            add(Phrase(text, district=place.district, written=written))
    for intent, texts in commands.items():
        for text in texts:
            add(Phrase(text, intent=intent))
    return tuple(found.values())


def book_phrases(books: Iterable[ShelfBook], known: Collection[str] = ()) -> tuple[Phrase, ...]:
    """How the books of a bookcase are asked for: a title, as people say it, with the word or the verb of books. known:
    texts that are phrases already, and are left out."""
    found: dict[str, Phrase] = {}
    for book in books:
        for title in said_titles(book.title_ko):
            for text, written in _sayable((title,)):
                for end in ("" if title.endswith("책") else " 책", " 펼쳐줘"):
                    one = Phrase(text + end, written=written and written + end, book=book.id)
                    found.setdefault(compact(one.text), one)
    return tuple(one for one in found.values() if one.text not in known)


def nlu_data(
    registry: Registry, handwritten: Iterable[tuple[str, str]] = (), *, seed: int = 7
) -> tuple[TrainingLine, ...]:
    """The hand-written (label, sentence) lines and the generated ones. Where both have a sentence, the hand wins."""
    lines: dict[str, TrainingLine] = {}
    for label, sentence in handwritten:
        lines.setdefault(compact(sentence), TrainingLine(sentence, label, ()))
    written = {key: line.label for key, line in lines.items()}
    generated = [
        line
        for line in training_lines(registry, seed=seed)
        if written.get(compact(line.text), line.label) == line.label
    ]
    return (*lines.values(), *generated)


def menus(registry: Registry) -> tuple[MenuTree, ...]:
    """The menus as a screen shows them. Panels of a submenu that did not load stand directly under their menu."""
    trees = []
    for menu in registry.menus.values():
        panels = [panel for panel in registry.panels.values() if panel.menu == menu.id]
        submenus = [submenu for submenu in registry.submenus.values() if submenu.menu == menu.id]
        known = {submenu.id for submenu in submenus}
        sections = []
        own = tuple(MenuItem(p.id, p.name_ko, p.name_en) for p in panels if p.submenu not in known)
        if own:
            sections.append(MenuSection(None, menu.ko, menu.en, own))
        for submenu in submenus:
            items = tuple(MenuItem(p.id, p.name_ko, p.name_en) for p in panels if p.submenu == submenu.id)
            if items:
                sections.append(MenuSection(submenu.id, submenu.ko, submenu.en, items))
        trees.append(MenuTree(menu.id, menu.ko, menu.en, tuple(sections)))
    return tuple(trees)


def sentence_tests(registry: Registry) -> tuple[SentenceTest, ...]:
    """Sentences that must find their panel: every name, with a particle, without spaces, after a call."""
    tests = []
    for panel in registry.panels.values():
        for name in dict.fromkeys((panel.name_ko, *panel.aliases_ko)):
            if compact(name) == WAKE_WORD:
                continue
            glued = name.replace(" ", "")
            for sentence in (
                f"{name} 보여줘",
                f"{name}{josa(name, '을')} 띄워줘",
                f"{glued}보여줘",
                f"서울아 {name} 좀 보여줘",
            ):
                tests.append(SentenceTest(sentence, panel.id))
        for name in dict.fromkeys((panel.name_en, *panel.aliases_en)):
            tests.append(SentenceTest(f"show me {name}", panel.id))
    return tuple(tests)


def _sayable(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Each name as it is said, with its written form where that is another one."""
    for name in names:
        if is_sayable(name):
            yield name, ""
        yield from ((text, name) for text in spoken_forms(name))


__all__ = [
    "COMMAND_PHRASES",
    "VERBS",
    "Entity",
    "MenuItem",
    "MenuSection",
    "MenuTree",
    "Phrase",
    "SentenceTest",
    "TrainingLine",
    "has_value",
    "menus",
    "nlu_data",
    "recogniser_phrases",
    "sentence_tests",
    "training_lines",
]
