"""Reads the registry's folder: every file, every entry checked, whatever is wrong named with its file and line.

A broken entry disables itself, of two that clash the later one, and a file that cannot be read disables its own
entries; the rest is served. Strict mode raises instead, for tests, builds and `seoula doctor`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from content_registry.document import Document, Entry
from content_registry.jamo import compact
from content_registry.schema import (
    CITIZEN_SURFACES,
    ORIGINS,
    SURFACES,
    VISUALIZATIONS,
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


class _Ids:
    """The ids declared in a section, broken entries included. `complete`: the whole section could be read."""

    def __init__(self, complete: bool) -> None:
        self._complete = complete
        self._seen: dict[str, str] = {}

    def take(self, entry: Entry, value: str, field: str = "id") -> None:
        """Declares an id, or refuses the entry that declares it again."""
        if value and value in self._seen:
            entry.refuse("duplicate-id", f"the id is taken by {self._seen[value]}", entry.line_of(field))
        elif value:
            self._seen[value] = f"{entry.file}:{entry.line}"

    def knows(self, value: str) -> bool:
        """Whether the id was declared; always true when the declaring section could not be read."""
        return not self._complete or value in self._seen


class _Names:
    """The names of one kind of thing: two of them may not claim the same one."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, str]] = {}

    def check(self, entry: Entry, owner: str, names: Iterable[tuple[str, str]]) -> None:
        """Refuses the entry if one of its (field, name) pairs is empty or belongs to another owner."""
        for field, name in names:
            key = compact(name)
            if name and not key:
                entry.refuse("bad-name", f"'{name}' has no letter or digit", entry.line_of(field))
            elif key in self._owners and self._owners[key][0] != owner:
                other, where = self._owners[key]
                entry.refuse("clash", f"'{name}' is already a name of '{other}' ({where})", entry.line_of(field))

    def take(self, entry: Entry, owner: str, names: Iterable[tuple[str, str]]) -> None:
        """Gives the names to the owner."""
        for field, name in names:
            self._owners.setdefault(compact(name), (owner, f"{entry.file}:{entry.line_of(field)}"))


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
        panels, panel_ids = self._panels(_Known(menu_ids, submenu_ids, group_ids, field_ids, department_ids, submenus))
        themes = self._themes(menus_file, panel_ids)
        districts, district_ids = self._districts()
        places, elsewhere = self._places(district_ids, districts)
        problems = tuple(sorted(self._problems, key=lambda p: (p.file, p.line)))
        return Registry(
            panels, departments, menus, submenus, groups, fields, themes, districts, places, elsewhere, problems
        )

    def _menus(self, document: Document) -> tuple[dict[str, Menu], _Ids]:
        found: dict[str, Menu] = {}
        ids = _Ids(document.lists("menus"))
        for entry in document.entries("menus"):
            menu = Menu(entry.text("id"), entry.text("ko"), entry.text("en"))
            ids.take(entry, menu.id)
            _keep(entry, found, menu.id, menu)
        return found, ids

    def _submenus(self, document: Document, menu_ids: _Ids) -> tuple[dict[str, Submenu], _Ids]:
        found: dict[str, Submenu] = {}
        ids = _Ids(document.lists("submenus"))
        for entry in document.entries("submenus"):
            submenu = Submenu(entry.text("id"), entry.text("menu"), entry.text("ko"), entry.text("en"))
            ids.take(entry, submenu.id)
            _refer(entry, "menu", submenu.menu, menu_ids)
            _keep(entry, found, submenu.id, submenu)
        return found, ids

    def _groups(self, document: Document, submenu_ids: _Ids) -> tuple[dict[str, Group], _Ids]:
        found: dict[str, Group] = {}
        ids = _Ids(document.lists("groups"))
        for entry in document.entries("groups"):
            group = Group(entry.text("id"), entry.text("submenu"), entry.text("ko"), entry.text("en"))
            key = f"{group.submenu}/{group.id}"
            ids.take(entry, key)
            _refer(entry, "submenu", group.submenu, submenu_ids)
            _keep(entry, found, key, group)
        return found, ids

    def _fields(self, document: Document) -> tuple[dict[str, Field], _Ids]:
        found: dict[str, Field] = {}
        ids = _Ids(document.lists("fields"))
        for entry in document.entries("fields"):
            field = Field(entry.text("id"), entry.text("ko"), entry.text("en"))
            ids.take(entry, field.id)
            _keep(entry, found, field.id, field)
        return found, ids

    def _themes(self, document: Document, panel_ids: _Ids) -> dict[str, Theme]:
        found: dict[str, Theme] = {}
        ids = _Ids(document.lists("themes"))
        for entry in document.entries("themes"):
            theme = Theme(entry.text("id"), entry.text("ko"), entry.text("en"), entry.texts("panels"))
            ids.take(entry, theme.id)
            for panel in theme.panels:
                _refer(entry, "panels", panel, panel_ids, "panel")
            _keep(entry, found, theme.id, theme)
        return found

    def _departments(self) -> tuple[dict[str, Department], _Ids]:
        document = Document(self._folder, "departments.yaml", self._problems)
        document.only("departments")
        found: dict[str, Department] = {}
        ids, names = _Ids(document.lists("departments")), _Names()
        for entry in document.entries("departments"):
            department = Department(
                entry.text("id"),
                entry.text("name_ko"),
                entry.text("name_ko_current"),
                entry.text("name_en"),
                entry.texts("aliases_ko", required=False),
                entry.texts("aliases_en", required=False),
            )
            ids.take(entry, department.id)
            named = [("name_ko", department.name_ko), ("name_ko_current", department.name_ko_current)]
            named += [("name_en", department.name_en)]
            named += [("aliases_ko", name) for name in department.aliases_ko]
            named += [("aliases_en", name) for name in department.aliases_en]
            names.check(entry, department.id, named)
            if _keep(entry, found, department.id, department):
                names.take(entry, department.id, named)
        return found, ids

    def _panels(self, known: _Known) -> tuple[dict[str, Panel], _Ids]:
        files = self._panel_files()
        documents = [Document(self._folder, file, self._problems) for file in files]
        found: dict[str, Panel] = {}
        ids, names = _Ids(all(document.lists("panels") for document in documents)), _Names()
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
                    _choose(entry, "visibility", visibility, tuple(Visibility))
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

    def _districts(self) -> tuple[dict[str, District], _Ids]:
        document = Document(self._folder, "districts.yaml", self._problems)
        document.only("districts")
        found: dict[str, District] = {}
        ids, names = _Ids(document.lists("districts")), _Names()
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

    def _places(self, district_ids: _Ids, districts: dict[str, District]) -> tuple[dict[str, Place], tuple[str, ...]]:
        document = Document(self._folder, "places.yaml", self._problems)
        document.only("places", "elsewhere")
        found: dict[str, Place] = {}
        ids, names = _Ids(document.lists("places")), _Names()
        for entry in document.entries("places", key="ko"):
            place = Place(entry.text("ko"), entry.text("district"), entry.texts("aliases_ko", required=False))
            ids.take(entry, place.ko, "ko")
            _refer(entry, "district", place.district, district_ids)
            named = [("ko", place.ko), *(("aliases_ko", name) for name in place.aliases_ko)]
            names.check(entry, place.ko, named)
            if _keep(entry, found, place.ko, place):
                names.take(entry, place.ko, named)
        # A place of a district that did not load leads nowhere; the district's own problem says why.
        served = {ko: place for ko, place in found.items() if place.district in districts}
        return served, document.texts("elsewhere")


class _Known:
    """What panels may refer to."""

    def __init__(
        self,
        menus: _Ids,
        submenus: _Ids,
        groups: _Ids,
        fields: _Ids,
        departments: _Ids,
        loaded_submenus: dict[str, Submenu],
    ) -> None:
        self._menus, self._submenus, self._groups, self._fields = menus, submenus, groups, fields
        self._departments = departments
        self._loaded_submenus = loaded_submenus

    def check(self, entry: Entry, panel: Panel) -> None:
        """Refuses what does not exist, what does not fit, and what citizens must not see."""
        _refer(entry, "menu", panel.menu, self._menus)
        _refer(entry, "department", panel.department, self._departments)
        if panel.submenu is not None:
            _refer(entry, "submenu", panel.submenu, self._submenus)
            submenu = self._loaded_submenus.get(panel.submenu)
            if submenu is not None and panel.menu and submenu.menu != panel.menu:
                message = f"submenu '{panel.submenu}' belongs to menu '{submenu.menu}'"
                entry.refuse("unknown-submenu", message, entry.line_of("submenu"))
        if panel.group is not None:
            _refer(entry, "group", f"{panel.submenu}/{panel.group}", self._groups)
        if panel.field is not None:
            _refer(entry, "field", panel.field, self._fields)
        for kind in panel.visualizations:
            _choose(entry, "visualizations", kind, VISUALIZATIONS, "visualization")
        for surface in panel.surfaces:
            _choose(entry, "surfaces", surface, SURFACES, "surface")
        if panel.origin:
            _choose(entry, "origin", panel.origin, ORIGINS)
        shown_to_citizens = CITIZEN_SURFACES.intersection(panel.surfaces)
        if panel.visibility is not Visibility.PUBLIC and shown_to_citizens:
            listed = ", ".join(sorted(shown_to_citizens))
            message = f"a panel that is not public may not be shown on citizens' screens ({listed})"
            entry.refuse("not-for-citizens", message, entry.line_of("surfaces"))


def _keep(entry: Entry, found: dict[str, _T], key: str, value: _T) -> bool:
    entry.finish()
    if not entry.broken:
        found[key] = value
    return not entry.broken


def _refer(entry: Entry, field: str, value: str, ids: _Ids, kind: str | None = None) -> None:
    if value and not ids.knows(value):
        entry.refuse(f"unknown-{kind or field}", f"there is no {kind or field} '{value}'", entry.line_of(field))


def _choose(entry: Entry, field: str, value: str, allowed: Iterable[str], kind: str | None = None) -> None:
    if value not in allowed:
        entry.refuse(f"unknown-{kind or field}", f"there is no {kind or field} '{value}'", entry.line_of(field))
