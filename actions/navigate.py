"""Move about: back, home, next, pages, hold, zoom, rotation."""

from __future__ import annotations

from actions.world import Finish, Plan, World, refusal
from assistant.contracts import (
    CloseOverlay,
    Direction,
    Intent,
    MoveView,
    OpenOverlay,
    Outcome,
    OutcomeCode,
    SetRotation,
    TurnTo,
    ZoomView,
)

_MOVES: dict[Direction, tuple[str, str]] = {
    Direction.BACK: ("이전 화면으로 돌아갑니다.", "Going back."),
    Direction.HOME: ("첫 화면입니다.", "This is the home screen."),
    Direction.NEXT: ("다음으로 넘겼습니다.", "Next."),
    Direction.PREVIOUS: ("이전으로 넘겼습니다.", "Previous."),
    Direction.UP: ("위로 올립니다.", "Scrolling up."),
    Direction.DOWN: ("아래로 내립니다.", "Scrolling down."),
    Direction.HOLD: ("이 화면을 고정합니다.", "Holding this panel."),
    Direction.RELEASE: ("고정을 풀었습니다.", "Released."),
}
_ZOOMS: dict[Direction, tuple[str, str]] = {
    Direction.IN: ("크게 봅니다.", "Zooming in."),
    Direction.OUT: ("작게 봅니다.", "Zooming out."),
    Direction.RESET: ("원래 크기입니다.", "Original size."),
}


def navigate(intent: Intent, world: World) -> Plan:
    """One step in the direction named, or to the page named; or the sheet of all menus."""
    if intent.direction is None and intent.choice is not None:
        said = Outcome(OutcomeCode.SHOWN, f"{intent.choice}쪽입니다.", f"Page {intent.choice}.")
        return Plan((CloseOverlay(world.display), TurnTo(world.display, intent.choice)), said, Finish.RENDERED)
    if intent.direction is Direction.MENU:
        ko, en = "전체 메뉴입니다. 화면을 골라 주세요.", "Here are all menus. Choose a screen."
        opened = (OpenOverlay(world.display, "menu"),)
        return Plan(opened, Outcome(OutcomeCode.SHOWN, ko, en), Finish.RENDERED, say_ko=ko, say_en=en)
    if intent.direction not in _MOVES:
        return refusal(
            OutcomeCode.NOT_UNDERSTOOD, "no-direction", "어디로 갈지 알려 주세요.", "Please say where to go."
        )
    ko, en = _MOVES[intent.direction]
    return Plan(
        (CloseOverlay(world.display), MoveView(world.display, intent.direction)),
        Outcome(OutcomeCode.SHOWN, ko, en),
        Finish.RENDERED,
    )


def zoom(intent: Intent, world: World) -> Plan:
    """Larger, smaller or original size; a bare "zoom" means larger."""
    direction = intent.direction if intent.direction in _ZOOMS else Direction.IN
    ko, en = _ZOOMS[direction]
    return Plan((ZoomView(world.display, direction),), Outcome(OutcomeCode.SHOWN, ko, en), Finish.RENDERED)


def rotation(intent: Intent, world: World) -> Plan:
    """Start or stop the timed rotation; a bare "rotation" starts it."""
    running = intent.direction is not Direction.OFF
    ko, en = (
        ("자동 순환을 시작합니다.", "Rotation started.")
        if running
        else ("자동 순환을 멈췄습니다.", "Rotation stopped.")
    )
    return Plan(
        (CloseOverlay(world.display), SetRotation(world.display, running)),
        Outcome(OutcomeCode.SHOWN, ko, en),
        Finish.RENDERED,
        say_ko=ko,
        say_en=en,
    )
