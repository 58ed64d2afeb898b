"""What a tap, a tablet icon or an API command means: (operation, arguments) -> intent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.contracts import BadInput, Direction, Intent, IntentName, Media
from content_registry.schema import Registry

Arguments = Mapping[str, Any]
MOST_COMPARED = 5
"""Districts that one may be compared with by touch."""
MOST_ITEM = 120
MOST_PAGES = 1000


def _move(direction: Direction) -> Callable[[Arguments, Registry], Intent]:
    return lambda _, __: Intent(IntentName.NAVIGATE, direction=direction)


def _zoom(direction: Direction) -> Callable[[Arguments, Registry], Intent]:
    return lambda _, __: Intent(IntentName.ZOOM, direction=direction)


def _bare(name: IntentName) -> Callable[[Arguments, Registry], Intent]:
    return lambda _, __: Intent(name)


def _show(args: Arguments, registry: Registry) -> Intent:
    panel = args.get("panel")
    if not isinstance(panel, str) or not panel:
        raise BadInput("unknown-panel", "show needs a panel: its id, as the catalogue has it")
    if panel not in registry.panels:
        raise BadInput("unknown-panel", f"there is no panel {panel!r}; the catalogue lists them")
    inner = args.get("args")
    given = {**(inner if isinstance(inner, Mapping) else {}), **args}
    district, item = given.get("district"), given.get("item")
    return Intent(
        IntentName.SHOW_PANEL,
        panel=panel,
        district=_district(district, registry) if district else None,
        item=_item(item) if item else None,
    )


def _select_district(args: Arguments, registry: Registry) -> Intent:
    compare = args.get("compare", [])
    if not isinstance(compare, list) or len(compare) > MOST_COMPARED:
        raise BadInput("bad-request", f"compare is a list of at most {MOST_COMPARED} districts")
    others = tuple(_district(name, registry) for name in compare)
    return Intent(IntentName.SHOW_PANEL, district=_district(args.get("district"), registry), compare=others)


def _select(args: Arguments, _: Registry) -> Intent:
    return Intent(IntentName.SHOW_PANEL, item=_item(args.get("item")))


def _item(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_ITEM or not value.isprintable():
        raise BadInput("bad-item", f"item is a name of 1 to {MOST_ITEM} printable characters")
    return value


def _page(args: Arguments, _: Registry) -> Intent:
    page = args.get("page")
    if not isinstance(page, int) or isinstance(page, bool) or not 1 <= page <= MOST_PAGES:
        raise BadInput("bad-page", f"page must be a number from 1 to {MOST_PAGES}")
    return Intent(IntentName.NAVIGATE, choice=page)


def _district(value: object, registry: Registry) -> str:
    if not any(d.ko == value for d in registry.districts.values()):
        raise BadInput("unknown-district", f"no district {value!r}")
    return str(value)


def _choose(args: Arguments, _: Registry) -> Intent:
    choice = args.get("choice")
    if not isinstance(choice, int) or isinstance(choice, bool) or not 1 <= choice <= 20:
        raise BadInput("bad-choice", "choice must be a number from 1")
    return Intent(IntentName.CHOOSE, choice=choice)


def _call(args: Arguments, registry: Registry) -> Intent:
    media, department = args.get("media", "voice"), args.get("department")
    if media not in ("voice", "video"):
        raise BadInput("bad-media", "media must be voice or video")
    if department is not None and (not isinstance(department, str) or department not in registry.departments):
        raise BadInput("unknown-department", f"no department {department!r}")
    return Intent(IntentName.CALL, department=department, media=Media(media))


def _rotation(args: Arguments, _: Registry) -> Intent:
    running = args.get("running", True)
    if not isinstance(running, bool):
        raise BadInput("bad-request", "running must be true or false")
    return Intent(IntentName.ROTATION, direction=Direction.ON if running else Direction.OFF)


def _private_mode(args: Arguments, _: Registry) -> Intent:
    on = args.get("on", True)
    if not isinstance(on, bool):
        raise BadInput("bad-request", "on must be true or false")
    return Intent(IntentName.PRIVATE_MODE, direction=Direction.ON if on else Direction.OFF)


def _hands(args: Arguments, _: Registry) -> Intent:
    on = args.get("on", True)
    if not isinstance(on, bool):
        raise BadInput("bad-request", "on must be true or false")
    return Intent(IntentName.HANDS, direction=Direction.ON if on else Direction.OFF)


def _acknowledge(args: Arguments, _: Registry) -> Intent:
    incident = args.get("incident", "")
    if not isinstance(incident, str) or len(incident) > 40 or not incident.isprintable():
        raise BadInput("bad-incident", "incident must be the id of the one on the screen")
    return Intent(IntentName.CONFIRM, incident=incident)


_MOVES = (
    Direction.BACK,
    Direction.HOME,
    Direction.NEXT,
    Direction.PREVIOUS,
    Direction.UP,
    Direction.DOWN,
    Direction.HOLD,
    Direction.RELEASE,
    Direction.MENU,
)

OPERATIONS: dict[str, Callable[[Arguments, Registry], Intent]] = {
    "show": _show,
    "select_district": _select_district,
    "select": _select,
    "page": _page,
    **{d.value: _move(d) for d in _MOVES},
    "zoom_in": _zoom(Direction.IN),
    "zoom_out": _zoom(Direction.OUT),
    "zoom_reset": _zoom(Direction.RESET),
    "rotation": _rotation,
    "dismiss": _bare(IntentName.STOP),
    "choose": _choose,
    "acknowledge": _acknowledge,
    "call": _call,
    "conference": _bare(IntentName.CONFERENCE),
    "private_mode": _private_mode,
    "hands": _hands,
    "help": _bare(IntentName.HELP),
    "repeat": _bare(IntentName.REPEAT),
}
"""Every operation a screen or a script may send."""


def intent_of(operation: str, args: Arguments, registry: Registry) -> Intent:
    """The intent of an operation. Raises BadInput (unknown-operation, unknown-panel, ...)."""
    make = OPERATIONS.get(operation)
    if make is None:
        raise BadInput("unknown-operation", f"unknown operation {operation!r}; known: {', '.join(sorted(OPERATIONS))}")
    return make(args, registry)
