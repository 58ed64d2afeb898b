"""The rules of the registry: ids and names that may not be taken twice, references that must exist, allowed words."""

from __future__ import annotations

from collections.abc import Iterable

from content_registry.document import Entry
from content_registry.hours import Hours
from content_registry.jamo import compact
from content_registry.schema import CITIZEN_SURFACES, ORIGINS, SURFACES, VISUALIZATIONS, Panel, Submenu, Visibility


class Ids:
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


class Names:
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


class References:
    """What panels may refer to."""

    def __init__(
        self,
        menus: Ids,
        submenus: Ids,
        groups: Ids,
        fields: Ids,
        departments: Ids,
        loaded_submenus: dict[str, Submenu],
    ) -> None:
        self._menus, self._submenus, self._groups, self._fields = menus, submenus, groups, fields
        self._departments = departments
        self._loaded_submenus = loaded_submenus

    def check(self, entry: Entry, panel: Panel) -> None:
        """Refuses what does not exist, what does not fit, and what citizens must not see."""
        refer(entry, "menu", panel.menu, self._menus)
        refer(entry, "department", panel.department, self._departments)
        if panel.submenu is not None:
            refer(entry, "submenu", panel.submenu, self._submenus)
            submenu = self._loaded_submenus.get(panel.submenu)
            if submenu is not None and panel.menu and submenu.menu != panel.menu:
                message = f"submenu '{panel.submenu}' belongs to menu '{submenu.menu}'"
                entry.refuse("unknown-submenu", message, entry.line_of("submenu"))
        if panel.group is not None:
            refer(entry, "group", f"{panel.submenu}/{panel.group}", self._groups)
        if panel.field is not None:
            refer(entry, "field", panel.field, self._fields)
        for kind in panel.visualizations:
            choose(entry, "visualizations", kind, VISUALIZATIONS, "visualization")
        for surface in panel.surfaces:
            choose(entry, "surfaces", surface, SURFACES, "surface")
        if panel.origin:
            choose(entry, "origin", panel.origin, ORIGINS)
        shown_to_citizens = CITIZEN_SURFACES.intersection(panel.surfaces)
        if panel.visibility is not Visibility.PUBLIC and shown_to_citizens:
            listed = ", ".join(sorted(shown_to_citizens))
            message = f"a panel that is not public may not be shown on citizens' screens ({listed})"
            entry.refuse("not-for-citizens", message, entry.line_of("surfaces"))


def refer(entry: Entry, field: str, value: str, ids: Ids, kind: str | None = None) -> None:
    """Refuses a reference to an id that was not declared."""
    if value and not ids.knows(value):
        entry.refuse(f"unknown-{kind or field}", f"there is no {kind or field} '{value}'", entry.line_of(field))


def choose(entry: Entry, field: str, value: str, allowed: Iterable[str], kind: str | None = None) -> None:
    """Refuses a word that is not among the allowed ones."""
    if value not in allowed:
        entry.refuse(f"unknown-{kind or field}", f"there is no {kind or field} '{value}'", entry.line_of(field))


def check_hours(entry: Entry, text: str) -> None:
    """Refuses hours that cannot be read."""
    try:
        Hours.parse(text)
    except ValueError as error:
        entry.refuse("bad-hours", str(error), entry.line_of("hours"))
