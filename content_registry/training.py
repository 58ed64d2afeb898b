"""Labelled sentences made from the registry's names and the templates: the part of the NLU data nobody has to write.

Deterministic by seed. Every show line is labelled `panel.<id>`, every question for a figure `value.<id>`; no two lines
with the same letters carry different labels (the first stays), so a classifier is never told two things.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content_registry import templates
from content_registry.jamo import compact
from content_registry.schema import District, Panel, Registry
from content_registry.spoken import spoken_forms

LINES_PER_NAME = 6
DISTRICT_LINES = 4
NOISY_LINES = 5
_HAVE_VALUES = frozenset({"kpi", "line-chart", "bar-chart", "choropleth", "gauge"})
_HAVE_DISTRICTS = frozenset({"choropleth", "point-map", "heat-map", "vector-map"})
_SLOT = re.compile(r"(\{[^}]+\})")


@dataclass(frozen=True, slots=True)
class Entity:
    """A value inside a line: `kind` is "panel" (value: the id) or "district" (value: the Korean name)."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """A sentence and what it means."""

    text: str
    label: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    kind: str = ""
    value: str = ""


def has_value(panel: Panel) -> bool:
    """Whether "얼마야" makes sense of a panel: it has a unit or draws figures."""
    return panel.unit is not None or not _HAVE_VALUES.isdisjoint(panel.visualizations)


def training_lines(registry: Registry, *, seed: int = 7) -> tuple[TrainingLine, ...]:
    """Show lines, value questions, district variants and noisy variants of all panels, clean lines first."""
    generator = random.Random(seed)
    districts = tuple(registry.districts.values())
    clean: list[tuple[str, list[_Part]]] = []
    noisy: list[tuple[str, list[_Part]]] = []
    for panel in registry.panels.values():
        show = list(_show(panel, districts, generator))
        ask = list(_ask(panel, districts, generator)) if has_value(panel) else []
        for label, lines in ((f"panel.{panel.id}", show), (f"value.{panel.id}", ask)):
            clean += [(label, line) for line in lines]
            korean = [line for line in lines if any("가" <= char <= "힣" for part in line for char in part.text)]
            chosen = generator.sample(korean, min(NOISY_LINES, len(korean)))
            noisy += [(label, _noise(line, index, generator)) for index, line in enumerate(chosen)]
    found: dict[str, TrainingLine] = {}
    for label, parts in clean + noisy:
        line = _line(label, parts)
        found.setdefault(_identity(line.text), line)
    labels: dict[str, str] = {}
    return tuple(line for line in found.values() if labels.setdefault(compact(line.text), line.label) == line.label)


def _show(panel: Panel, districts: Sequence[District], generator: random.Random) -> Iterator[list[_Part]]:
    for name in _korean_names(panel):
        yield _fill("{n}", panel, name)
        for template in generator.sample(templates.SHOW_KO[1:], LINES_PER_NAME):
            yield _fill(template, panel, name)
    for name in (panel.name_en, *panel.aliases_en):
        for template in generator.sample(templates.SHOW_EN, 3):
            yield _fill(template, panel, name)
    yield from _of_districts(panel, districts, generator, templates.SHOW_DISTRICT_KO, templates.SHOW_DISTRICT_EN)


def _ask(panel: Panel, districts: Sequence[District], generator: random.Random) -> Iterator[list[_Part]]:
    for name in _korean_names(panel):
        for template in generator.sample(templates.VALUE_KO, 3):
            yield _fill(template, panel, name)
    for name in (panel.name_en, *panel.aliases_en)[:3]:
        yield _fill(generator.choice(templates.VALUE_EN), panel, name)
    yield from _of_districts(panel, districts, generator, templates.VALUE_DISTRICT_KO, templates.VALUE_DISTRICT_EN)


def _of_districts(
    panel: Panel,
    districts: Sequence[District],
    generator: random.Random,
    korean: Sequence[str],
    english: Sequence[str],
) -> Iterator[list[_Part]]:
    if _HAVE_DISTRICTS.isdisjoint(panel.visualizations) or not districts:
        return
    names = _korean_names(panel)
    for _ in range(DISTRICT_LINES):
        district = generator.choice(districts)
        called = generator.choice((district.ko, *district.aliases_ko))
        yield _fill(generator.choice(korean), panel, generator.choice(names), (district, called))
    district = generator.choice(districts)
    name = generator.choice((panel.name_en, *panel.aliases_en))
    yield _fill(generator.choice(english), panel, name, (district, district.en))


def _korean_names(panel: Panel) -> tuple[str, ...]:
    spoken = (form for name in (panel.name_ko, *panel.aliases_ko) for form in spoken_forms(name))
    return tuple(dict.fromkeys((panel.name_ko, *panel.aliases_ko, *spoken)))


def _fill(template: str, panel: Panel, name: str, where: tuple[District, str] | None = None) -> list[_Part]:
    parts = []
    for piece in _SLOT.split(template):
        if piece == "{n}":
            parts.append(_Part(name, "panel", panel.id))
        elif piece == "{d}" and where is not None:
            parts.append(_Part(where[1], "district", where[0].ko))
        elif piece.startswith("{"):
            parts.append(_Part(templates.josa(name, piece[1:-1]), "josa"))
        elif piece:
            parts.append(_Part(piece))
    return parts


def _noise(parts: list[_Part], kind: int, generator: random.Random) -> list[_Part]:
    """One way in which typed or recognised Korean goes wrong: glued, confused vowels, no particle, a filler."""
    if kind % 4 == 0:
        return [_Part(part.text.replace(" ", ""), part.kind, part.value) for part in parts]
    if kind % 4 == 1:
        return [_Part(_confuse(part.text), part.kind, part.value) for part in parts]
    if kind % 4 == 2:
        return [part for part in parts if part.kind != "josa"]
    return [_Part(generator.choice(templates.FILLERS) + " "), *parts]


def _confuse(text: str) -> str:
    """ㅐ and ㅔ changed for each other, which sound alike today."""
    return "".join(_swap(char) for char in text)


def _swap(char: str) -> str:
    if not "가" <= char <= "힣":
        return char
    code = ord(char) - 0xAC00
    onset, vowel, final = code // 588, code % 588 // 28, code % 28
    swapped = {1: 5, 5: 1}.get(vowel, vowel)
    return chr(0xAC00 + onset * 588 + swapped * 28 + final)


def _line(label: str, parts: list[_Part]) -> TrainingLine:
    text, entities = "", []
    for part in parts:
        if part.kind in ("panel", "district"):
            entities.append(Entity(part.kind, part.value, len(text), len(text) + len(part.text)))
        text += part.text
    return TrainingLine(text, label, tuple(entities))


def _identity(text: str) -> str:
    return " ".join(text.split()).lower()
