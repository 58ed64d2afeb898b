"""What the product does: commands to the display bridge, the call hub and the voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.contracts.intents import Direction, Language, Media
from assistant.contracts.periods import Period
from assistant.contracts.wire import message


class Layer(StrEnum):
    """Display layers, highest first; the highest live one shows (design, section 6)."""

    ALERT = "alert"
    HOLD = "hold"
    COMMAND = "command"
    ROTATION = "rotation"
    HOME = "home"


@message("show_panel")
@dataclass(frozen=True, slots=True)
class ShowPanel:
    """Put a panel on a layer of a display. ttl_s None: until replaced. args: e.g. {"district": "강남구"}."""

    display: str
    panel: str
    args: Mapping[str, str] = field(default_factory=dict)
    layer: Layer = Layer.COMMAND
    ttl_s: float | None = None
    cause: str = ""


@message("move_view")
@dataclass(frozen=True, slots=True)
class MoveView:
    """Back, home, next, previous, up, down, hold, release on a display."""

    display: str
    direction: Direction
    cause: str = ""


@message("turn_to")
@dataclass(frozen=True, slots=True)
class TurnTo:
    """Open a page (1-based) of the shown document or list on a display."""

    display: str
    page: int
    cause: str = ""


@message("zoom_view")
@dataclass(frozen=True, slots=True)
class ZoomView:
    """Zoom the shown panel in, out or back to 1."""

    display: str
    direction: Direction
    cause: str = ""


@message("set_rotation")
@dataclass(frozen=True, slots=True)
class SetRotation:
    """Start or pause the timed rotation of the main page."""

    display: str
    running: bool
    cause: str = ""


@message("switch_hands")
@dataclass(frozen=True, slots=True)
class SwitchHands:
    """Watch for raised hands before a display, or close the camera that does."""

    display: str
    on: bool
    cause: str = ""


@message("show_choices")
@dataclass(frozen=True, slots=True)
class ShowChoices:
    """A question with numbered choices on the screen (1-based), answerable by voice, hand or touch."""

    display: str
    prompt_ko: str
    prompt_en: str
    labels_ko: tuple[str, ...]
    labels_en: tuple[str, ...]


@message("open_overlay")
@dataclass(frozen=True, slots=True)
class OpenOverlay:
    """An overlay of the screen itself: help, departments, private-mode, conference."""

    display: str
    overlay: str
    args: Mapping[str, str] = field(default_factory=dict)


@message("close_overlay")
@dataclass(frozen=True, slots=True)
class CloseOverlay:
    """Close whatever overlay or question stands on the display."""

    display: str


@message("acknowledge_alert")
@dataclass(frozen=True, slots=True)
class AcknowledgeAlert:
    """Close an incident for all screens. incident: the one that stood on the display when this was said or tapped.
    source: by what way (touch, microphone, ...), for the record."""

    display: str
    incident: str
    source: str = ""


@message("lock_screen")
@dataclass(frozen=True, slots=True)
class LockScreen:
    """End private mode on a display at once."""

    display: str


@message("unlock_screen")
@dataclass(frozen=True, slots=True)
class UnlockScreen:
    """Begin private mode on a display, for the person whose check the gate has just let through."""

    display: str


@message("place_call")
@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Call a department about what is on the screen. source: by what way this came (touch, microphone, ...): what was
    said, and may have been misheard, can be taken back for a moment before it rings."""

    display: str
    department: str
    media: Media
    about_panel: str | None = None
    source: str = ""


@message("steer_call")
@dataclass(frozen=True, slots=True)
class SteerCall:
    """What becomes of the call of a display: off (taken back, hung up, declined), hold, release, on (answered).
    meeting: of the meeting that it is in; only off, to leave it."""

    display: str
    direction: Direction
    meeting: bool = False


@message("cancel_call")
@dataclass(frozen=True, slots=True)
class CancelCall:
    """Take back the call that this display has announced, or that rings for it."""

    display: str


@message("say")
@dataclass(frozen=True, slots=True)
class Say:
    """Speak a sentence at a display. `interrupts`: stop what is being said first."""

    display: str
    text: str
    language: str = "ko"
    interrupts: bool = True


@message("stop_saying")
@dataclass(frozen=True, slots=True)
class StopSaying:
    """Silence the voice at a display at once."""

    display: str


@message("answer_value")
@dataclass(frozen=True, slots=True)
class AnswerValue:
    """Read the value of a panel from the city data, show it and speak it: of one district or all of Seoul, now or in
    another period, beside the districts to `compare` with, in a language (None: the room's)."""

    display: str
    panel: str
    district: str | None = None
    compare: tuple[str, ...] = ()
    period: Period | None = None
    language: Language | None = None


Command = (
    ShowPanel
    | MoveView
    | TurnTo
    | ZoomView
    | SetRotation
    | SwitchHands
    | ShowChoices
    | OpenOverlay
    | CloseOverlay
    | LockScreen
    | UnlockScreen
    | AcknowledgeAlert
    | PlaceCall
    | CancelCall
    | SteerCall
    | Say
    | StopSaying
    | AnswerValue
)
