"""The rooms' call port: a call that somebody wishes at a display, after a moment in which it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.contracts import Direction, Media, Outcome, OutcomeCode, PlaceCall, SeoulaError, Source, SteerCall
from content_registry.schema import Panel, Registry, Visibility
from telephony.hub import Hub
from telephony.parties import DEPARTMENT, DISPLAY, Address

WINDOW_S = 3.0
"""How long a spoken call can be taken back before it rings."""
SPOKEN = frozenset({Source.MICROPHONE, Source.PUSH_TO_TALK, Source.WATCH, Source.TEXT})
"""The ways in whose words may have been understood wrongly."""


@dataclass(frozen=True, slots=True)
class NoTelephone:
    """Refuses every call with the department's name, honestly: where there is no call hub, as in a replay."""

    registry: Callable[[], Registry]

    def carry_out(self, command: PlaceCall | SteerCall) -> Outcome:
        """Outcome `failed` with reason `calls-unavailable`; there is no call to steer."""
        if isinstance(command, SteerCall):
            return nothing_to_steer(command)
        department = self.registry().departments[command.department]
        return Outcome(
            OutcomeCode.FAILED,
            f"통화 기능이 연결되어 있지 않습니다. 담당 부서는 {department.name_ko}입니다.",
            f"Calls are not set up here. The department is {department.name_en}.",
            "calls-unavailable",
        )

    def calling(self, display: str) -> bool:
        """Never."""
        return False

    def cancel(self, display: str) -> bool:
        """There is none."""
        return False

    def ringing(self, display: str) -> bool:
        """Never."""
        return False


@dataclass(slots=True)
class Telephone:
    """Places calls at the hub. incident: id and Korean title of the one that stands on a display, None for none."""

    hub: Hub
    registry: Callable[[], Registry]
    incident: Callable[[str], tuple[str, str] | None] = lambda display: None
    window_s: float = WINDOW_S

    def carry_out(self, command: PlaceCall | SteerCall) -> Outcome:
        """Place a call, or steer the one that there is."""
        return self.place(command) if isinstance(command, PlaceCall) else self.steer(command)

    def steer(self, command: SteerCall) -> Outcome:
        """End, hold, take up or answer the call of this display, or leave its meeting; or say that there is none."""
        party = str(Address(DISPLAY, command.display))
        try:
            done = "" if command.meeting else self.hub.steer(party, command.direction.value)
        except SeoulaError as error:
            return Outcome(OutcomeCode.FAILED, "전화를 받을 수 없습니다.", "The call cannot be answered.", error.code)
        if not done and command.direction is Direction.OFF and self.hub.rooms.leave(party):
            done = "left"
        return Outcome(*_STEERED[done]) if done else nothing_to_steer(command)

    def ringing(self, display: str) -> bool:
        """Whether somebody calls this display."""
        party = str(Address(DISPLAY, display))
        return any(call.rings_at(party) for call in self.hub.exchange.board.calls.values())

    def place(self, command: PlaceCall) -> Outcome:
        """Announce it, or ring at once where it was tapped. The outcome is `calling`, or says why not."""
        department = self.registry().departments[command.department]
        window = self.window_s if command.source in SPOKEN else 0.0
        media = "video" if command.media is Media.VIDEO else "audio"
        to, party = Address(DEPARTMENT, department.id), Address(DISPLAY, command.display)
        try:
            ended = self.hub.announce(str(party), to, media, self._about(command), window)
        except SeoulaError as error:
            ko, en = _REFUSED.get(error.code, ("{0}에 전화를 걸 수 없습니다.", "{0} cannot be called."))
            ko, en = ko.format(department.name_ko), en.format(department.name_en)
            return Outcome(OutcomeCode.FAILED, ko, en, error.code)
        if ended:
            ko, en = _ENDED.get(ended, ("전화를 걸지 못했습니다.", "The call could not be placed."))
            ko, en = ko.format(department.name_ko), en.format(department.name_en)
            return Outcome(OutcomeCode.FAILED, ko, en, f"call-{ended}")
        kind_ko, kind_en = ("영상전화", "video") if command.media is Media.VIDEO else ("음성전화", "voice")
        ko = f"{department.name_ko}에 {kind_ko}를 겁니다."
        if window:
            ko += " 아니면 취소라고 말씀하세요."
        return Outcome(OutcomeCode.CALLING, ko, f"Calling {department.name_en} ({kind_en}).")

    def calling(self, display: str) -> bool:
        """Whether something is announced, or rings, for this display."""
        return self.hub.calling(str(Address(DISPLAY, display)))

    def cancel(self, display: str) -> bool:
        """Take back what was announced, or rings, from this display. False: nothing does."""
        return self.hub.take_back(str(Address(DISPLAY, display)))

    def _about(self, command: PlaceCall) -> dict[str, str]:
        """The incident that stands there, else the panel; private ones are named to nobody."""
        found = self.incident(command.display)
        if found is not None:
            return {"kind": "event", "id": found[0], "title": found[1]}
        return about_panel(self.registry().panels.get(command.about_panel or ""))


def about_panel(panel: Panel | None) -> dict[str, str]:
    """A panel as what a call is about; nothing for a private one."""
    if panel is None or panel.visibility is Visibility.PRIVATE:
        return {}
    kind = "project" if panel.id.startswith("prj-") else "panel"
    return {"kind": kind, "id": panel.id, "title": panel.name_ko}


def nothing_to_steer(command: SteerCall) -> Outcome:
    """Where there is no such call, or meeting."""
    if command.meeting:
        ko, en = "지금 참여 중인 회의가 없습니다.", "There is no meeting here now."
    elif command.direction is Direction.ON:
        ko, en = "지금 걸려 온 전화가 없습니다.", "Nobody calls now."
    elif command.direction is Direction.RELEASE:
        ko, en = "보류한 통화가 없습니다.", "No call is on hold."
    else:
        ko, en = "지금은 통화 중이 아닙니다.", "There is no call now."
    return Outcome(OutcomeCode.NOT_UNDERSTOOD, ko, en, "no-call")


_STEERED = {
    "cancelled": (OutcomeCode.CANCELLED, "전화를 취소했습니다.", "The call is cancelled.", "call-cancelled"),
    "hangup": (OutcomeCode.CANCELLED, "통화를 끝냈습니다.", "The call is over.", "call-ended"),
    "declined": (OutcomeCode.CANCELLED, "전화를 거절했습니다.", "The call is declined.", "call-declined"),
    "held": (OutcomeCode.ANSWERED, "통화를 보류했습니다.", "The call is on hold.", "call-held"),
    "released": (OutcomeCode.ANSWERED, "통화를 다시 이었습니다.", "The call goes on.", "call-released"),
    "answered": (OutcomeCode.CALLING, "전화를 받았습니다.", "The call is answered.", "call-answered"),
    "left": (OutcomeCode.CANCELLED, "회의에서 나왔습니다.", "You have left the meeting.", "meeting-left"),
}
_REFUSED = {
    "no-call-client": (
        "{0}에 전화할 화면이 연결되어 있지 않습니다. 벽면이나 태블릿 화면을 열어 주세요.",
        "No screen with a microphone is connected here to call {0}; open the wall or a tablet.",
    ),
    "in-a-call": ("이미 통화 중입니다.", "A call is going on here already."),
    "rate-limited": ("전화를 너무 자주 걸었습니다. 잠시 뒤에 다시 걸어 주세요.", "Too many calls; wait a moment."),
    "no-phones": ("전화 연결이 설정되어 있지 않습니다.", "No telephone gateway is set up."),
}
_ENDED = {
    "offline": ("지금 {0}에 연결된 사람이 없습니다. 부재중 전화로 남겼습니다.", "Nobody of {0} is connected now."),
    "busy": ("{0}은 지금 모두 통화 중입니다. 부재중 전화로 남겼습니다.", "Everybody of {0} is in a call."),
}
