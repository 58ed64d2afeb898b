"""What the content registry holds: panels, departments, menus, districts and places, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from content_registry.hours import OFFICE_HOURS


class Visibility(StrEnum):
    """Who may see a panel: everybody, city staff, or the mayor's own trusted screens."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PRIVATE = "private"


ORIGINS = ("seed", "proposed")
"""`seed`: named by the city's own slides. `proposed`: filled in by this project and still to be confirmed."""

SURFACES = ("wall", "tv", "tablet", "watch", "kiosk", "web")
"""Kinds of screen a panel may be shown on."""

CITIZEN_SURFACES = frozenset({"kiosk", "web"})
"""Screens that anybody can stand in front of: internal and private panels never go there."""

VISUALIZATIONS = frozenset(
    {
        "alert-feed",
        "bar-chart",
        "choropleth",
        "control",
        "document-list",
        "document-viewer",
        "donut",
        "flow-map",
        "gantt",
        "gauge",
        "heat-map",
        "home-mosaic",
        "image-sequence",
        "kpi",
        "line-chart",
        "line-map",
        "live-video",
        "overlay-app",
        "photo-story",
        "pledge-map",
        "point-map",
        "sankey",
        "story",
        "table",
        "timeline",
        "treemap",
        "vector-map",
        "video-wall",
        "word-cloud",
        "world-map",
    }
)
"""The kinds of block a screen can draw."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of content that a screen can show. `aliases_*` are other names it answers to."""

    id: str
    name_ko: str
    name_en: str
    aliases_ko: tuple[str, ...]
    aliases_en: tuple[str, ...]
    menu: str
    submenu: str | None
    category: str
    visualizations: tuple[str, ...]
    sources: tuple[str, ...]
    department: str
    visibility: Visibility
    surfaces: tuple[str, ...]
    origin: str
    group: str | None = None
    field: str | None = None
    unit: str | None = None
    topics_ko: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, Korean first, without repetition."""
        return tuple(dict.fromkeys((self.name_ko, *self.aliases_ko, self.name_en, *self.aliases_en)))


@dataclass(frozen=True, slots=True)
class Department:
    """A city department: its name in the seed (2019-22), its name today, and what people call it. hours: as
    content_registry.hours reads them. deputy: the department that is called when nobody of this one can be reached."""

    id: str
    name_ko: str
    name_ko_current: str
    name_en: str
    aliases_ko: tuple[str, ...]
    aliases_en: tuple[str, ...]
    hours: str = OFFICE_HOURS
    deputy: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, Korean first, without repetition."""
        return tuple(
            dict.fromkeys((self.name_ko, self.name_ko_current, *self.aliases_ko, self.name_en, *self.aliases_en))
        )


@dataclass(frozen=True, slots=True)
class Menu:
    """A top-level menu of the wall."""

    id: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Submenu:
    """A section of a menu."""

    id: str
    menu: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of panels inside a submenu (the goals of the indicators, the kinds of projects, the themes)."""

    id: str
    submenu: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """A policy field of an indicator."""

    id: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A themed collection of panels, which may come from several submenus."""

    id: str
    ko: str
    en: str
    panels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class District:
    """One of Seoul's 25 autonomous districts. `code` is the official five-digit code (11110 .. 11740).

    `ordinary_ko` are the short aliases that are everyday words as well ("동작": motion): they name the district
    only next to a panel's name.
    """

    code: str
    ko: str
    en: str
    aliases_ko: tuple[str, ...]
    aliases_en: tuple[str, ...]
    ordinary_ko: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, Korean first, without repetition."""
        return tuple(dict.fromkeys((self.ko, *self.aliases_ko, self.en, *self.aliases_en)))


@dataclass(frozen=True, slots=True)
class Place:
    """A well-known place and the code of the district it lies in."""

    ko: str
    district: str
    aliases_ko: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a registry file: `file` is relative to the registry's folder, `line` counts from 1."""

    file: str
    line: int
    code: str
    message: str
    entry: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]"


class RegistryError(Exception):
    """The registry cannot be used as asked. Has the first problem's code, file and line, and all `problems`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.message = str(self)
        first = problems[0] if problems else Problem("", 0, "unknown", "", None)
        self.code, self.file, self.line = first.code, first.file, first.line


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that loaded well. `panels`, `departments`, `menus`, `submenus`, `fields` and `themes` are keyed by
    id and in file order, `districts` by code, `groups` by "submenu/group", `places` by Korean name.

    Where a whole file could not be read, what refers to it is kept: look up with `.get`.
    """

    panels: Mapping[str, Panel]
    departments: Mapping[str, Department]
    menus: Mapping[str, Menu]
    submenus: Mapping[str, Submenu]
    groups: Mapping[str, Group]
    fields: Mapping[str, Field]
    themes: Mapping[str, Theme]
    districts: Mapping[str, District]
    places: Mapping[str, Place]
    elsewhere: tuple[str, ...]
    """Names of places outside Seoul, for which the city has no data."""
    no_places: tuple[str, ...]
    """Words in which such a name means something else: a cat (고양이) is no city (고양)."""
    problems: tuple[Problem, ...]
