"""Reads the registry's folder: every file, every entry checked, whatever is wrong named with its file and line.

A broken entry disables itself, of two that clash the later one, and a file that cannot be read disables its own
entries; the rest is served. Strict mode raises instead, for tests, builds and `seoula doctor`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from content_registry.checks import Ids, Names, References, check_hours, choose, refer
from content_registry.document import Document, Entry
from content_registry.hours import OFFICE_HOURS
from content_registry.schema import (
    Department,
    District,
    Field,
    Group,
    Menu,
    Panel,
    Place,
    Problem,
    Registry,
    RegistryError,
    Submenu,
    Theme,
    Visibility,
)

_T = TypeVar("_T")
DATA = Path(__file__).parent
_MENU_ORDER = ("main", "realtime", "analytics", "opinion", "status", "documents", "resume", "common")


def load_registry(folder: Path | None = None, *, strict: bool = False) -> Registry:
    """The registry in `folder` (None: the one that comes with the product).

    The folder holds `departments.yaml`, `menus.yaml`, `districts.yaml`, `places.yaml` and one file of panels per
    menu under `menus/`. Never raises unless `strict`, when any problem raises RegistryError with all of them.
    """
    registry = _Reading(folder or DATA).registry()
    if strict and registry.problems:
        raise RegistryError(registry.problems)
    return registry


_Places = tuple[dict[str, Place], tuple[str, ...], tuple[str, ...]]


class _Reading:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._problems: list[Problem] = []

    def registry(self) -> Registry:
        menus_file = Document(self._folder, "menus.yaml", self._problems)
        menus_file.only("menus", "submenus", "groups", "fields", "themes")
        menus, menu_ids = self._menus(menus_file)
        submenus, submenu_ids = self._submenus(menus_file, menu_ids)
        groups, group_ids = self._groups(menus_file, submenu_ids)
        fields, field_ids = self._fields(menus_file)
        departments, department_ids = self._departments()
        panels, panel_ids = self._panels(
            References(menu_ids, submenu_ids, group_ids, field_ids, department_ids, submenus)
        )
        themes = self._themes(menus_file, panel_ids)
        districts, district_ids = self._districts()
        places, elsewhere, no_places = self._places(district_ids, districts)
        problems = tuple(sorted(self._problems, key=lambda p: (p.file, p.line)))
        return Registry(
            panels,
            departments,
            menus,
            submenus,
            groups,
            fields,
            themes,
            districts,
            places,
            elsewhere,
            no_places,
            problems,
        )

    def _menus(self, document: Document) -> tuple[dict[str, Menu], Ids]:
        found: dict[str, Menu] = {}
        ids = Ids(document.lists("menus"))
        for entry in document.entries("menus"):
            menu = Menu(entry.text("id"), entry.text("ko"), entry.text("en"))
            ids.take(entry, menu.id)
            _keep(entry, found, menu.id, menu)
        return found, ids

    def _submenus(self, document: Document, menu_ids: Ids) -> tuple[dict[str, Submenu], Ids]:
        found: dict[str, Submenu] = {}
        ids = Ids(document.lists("submenus"))
        for entry in document.entries("submenus"):
            submenu = Submenu(entry.text("id"), entry.text("menu"), entry.text("ko"), entry.text("en"))
            ids.take(entry, submenu.id)
            refer(entry, "menu", submenu.menu, menu_ids)
            _keep(entry, found, submenu.id, submenu)
        return found, ids

    def _groups(self, document: Document, submenu_ids: Ids) -> tuple[dict[str, Group], Ids]:
        found: dict[str, Group] = {}
        ids = Ids(document.lists("groups"))
        for entry in document.entries("groups"):
            group = Group(entry.text("id"), entry.text("submenu"), entry.text("ko"), entry.text("en"))
            key = f"{group.submenu}/{group.id}"
            ids.take(entry, key)
            refer(entry, "submenu", group.submenu, submenu_ids)
            _keep(entry, found, key, group)
        return found, ids

    def _fields(self, document: Document) -> tuple[dict[str, Field], Ids]:
        found: dict[str, Field] = {}
        ids = Ids(document.lists("fields"))
        for entry in document.entries("fields"):
            field = Field(entry.text("id"), entry.text("ko"), entry.text("en"))
            ids.take(entry, field.id)
            _keep(entry, found, field.id, field)
        return found, ids

    def _themes(self, document: Document, panel_ids: Ids) -> dict[str, Theme]:
        found: dict[str, Theme] = {}
        ids = Ids(document.lists("themes"))
        for entry in document.entries("themes"):
            theme = Theme(entry.text("id"), entry.text("ko"), entry.text("en"), entry.texts("panels"))
            ids.take(entry, theme.id)
            for panel in theme.panels:
                refer(entry, "panels", panel, panel_ids, "panel")
            _keep(entry, found, theme.id, theme)
        return found

    def _departments(self) -> tuple[dict[str, Department], Ids]:
        document = Document(self._folder, "departments.yaml", self._problems)
        document.only("departments")
        found: dict[str, Department] = {}
        ids, names = Ids(document.lists("departments")), Names()
        deputised: list[Entry] = []
        for entry in document.entries("departments"):
            department = Department(
                entry.text("id"),
                entry.text("name_ko"),
                entry.text("name_ko_current"),
                entry.text("name_en"),
                entry.texts("aliases_ko", required=False),
                entry.texts("aliases_en", required=False),
                entry.optional("hours") or OFFICE_HOURS,
                entry.optional("deputy"),
            )
            ids.take(entry, department.id)
            check_hours(entry, department.hours)
            named = [("name_ko", department.name_ko), ("name_ko_current", department.name_ko_current)]
            named += [("name_en", department.name_en)]
            named += [("aliases_ko", name) for name in department.aliases_ko]
            named += [("aliases_en", name) for name in department.aliases_en]
            names.check(entry, department.id, named)
            if _keep(entry, found, department.id, department):
                names.take(entry, department.id, named)
            if department.deputy is not None:
                deputised.append(entry)
        for entry in deputised:  # once every id is known
            kept, deputy = found.get(entry.id or ""), entry.optional("deputy") or ""
            if deputy == entry.id or not ids.knows(deputy):
                entry.refuse("unknown-department", f"there is no other department '{deputy}'", entry.line_of("deputy"))
                if kept is not None:
                    found[kept.id] = replace(kept, deputy=None)
        return found, ids

    def _panels(self, known: References) -> tuple[dict[str, Panel], Ids]:
        files = self._panel_files()
        documents = [Document(self._folder, file, self._problems) for file in files]
        found: dict[str, Panel] = {}
        ids, names = Ids(all(document.lists("panels") for document in documents)), Names()
        for document in documents:
            document.only("panels")
            for entry in document.entries("panels"):
                visibility = entry.text("visibility")
                panel = Panel(
                    id=entry.text("id"),
                    name_ko=entry.text("name_ko"),
                    name_en=entry.text("name_en"),
                    aliases_ko=entry.texts("aliases_ko", required=False),
                    aliases_en=entry.texts("aliases_en", required=False),
                    menu=entry.text("menu"),
                    submenu=entry.optional("submenu"),
                    category=entry.text("category"),
                    visualizations=entry.texts("visualizations"),
                    sources=entry.texts("sources"),
                    department=entry.text("department"),
                    visibility=Visibility(visibility) if visibility in tuple(Visibility) else Visibility.PRIVATE,
                    surfaces=entry.texts("surfaces"),
                    origin=entry.text("origin"),
                    group=entry.optional("group"),
                    field=entry.optional("field"),
                    unit=entry.optional("unit"),
                    topics_ko=entry.texts("topics_ko", required=False),
                )
                ids.take(entry, panel.id)
                if visibility:
                    choose(entry, "visibility", visibility, tuple(Visibility))
                known.check(entry, panel)
                named = [("name_ko", panel.name_ko), *(("aliases_ko", name) for name in panel.aliases_ko)]
                named += [("name_en", panel.name_en), *(("aliases_en", name) for name in panel.aliases_en)]
                names.check(entry, panel.id, named)
                if _keep(entry, found, panel.id, panel):
                    names.take(entry, panel.id, named)
        return found, ids

    def _panel_files(self) -> list[str]:
        try:
            stems = {path.stem for path in (self._folder / "menus").iterdir() if path.suffix == ".yaml"}
        except OSError:
            stems = set()
        if not stems:
            self._problems.append(Problem("menus", 1, "unreadable-file", "no panel file (menus/*.yaml) found", None))
        known = [stem for stem in _MENU_ORDER if stem in stems]
        return [f"menus/{stem}.yaml" for stem in known + sorted(stems.difference(_MENU_ORDER))]

    def _districts(self) -> tuple[dict[str, District], Ids]:
        document = Document(self._folder, "districts.yaml", self._problems)
        document.only("districts")
        found: dict[str, District] = {}
        ids, names = Ids(document.lists("districts")), Names()
        for entry in document.entries("districts", key="code"):
            district = District(
                entry.text("code"),
                entry.text("ko"),
                entry.text("en"),
                entry.texts("aliases_ko", required=False),
                entry.texts("aliases_en", required=False),
                entry.texts("ordinary_ko", required=False),
            )
            ids.take(entry, district.code, "code")
            named = [("ko", district.ko), ("en", district.en)]
            named += [("aliases_ko", name) for name in district.aliases_ko]
            named += [("aliases_en", name) for name in district.aliases_en]
            names.check(entry, district.code, named)
            for name in district.ordinary_ko:
                if name not in district.aliases_ko:
                    entry.refuse("unknown-alias", f"'{name}' is not in aliases_ko", entry.line_of("ordinary_ko"))
            if _keep(entry, found, district.code, district):
                names.take(entry, district.code, named)
        return found, ids

    def _places(self, district_ids: Ids, districts: dict[str, District]) -> _Places:
        document = Document(self._folder, "places.yaml", self._problems)
        document.only("places", "elsewhere", "no_places")
        found: dict[str, Place] = {}
        ids, names = Ids(document.lists("places")), Names()
        for entry in document.entries("places", key="ko"):
            place = Place(entry.text("ko"), entry.text("district"), entry.texts("aliases_ko", required=False))
            ids.take(entry, place.ko, "ko")
            refer(entry, "district", place.district, district_ids)
            named = [("ko", place.ko), *(("aliases_ko", name) for name in place.aliases_ko)]
            names.check(entry, place.ko, named)
            if _keep(entry, found, place.ko, place):
                names.take(entry, place.ko, named)
        # A place of a district that did not load leads nowhere; the district's own problem says why.
        served = {ko: place for ko, place in found.items() if place.district in districts}
        return served, document.texts("elsewhere"), document.texts("no_places", required=False)


def _keep(entry: Entry, found: dict[str, _T], key: str, value: _T) -> bool:
    entry.finish()
    if not entry.broken:
        found[key] = value
    return not entry.broken
