"""Why private mode was not opened, in the words that people at the screen hear and the run records keep. No names."""

from __future__ import annotations

from assistant.contracts import Outcome, OutcomeCode

_REASONS: dict[str, tuple[str, str]] = {
    "not-paired": ("연결이 승인된 화면에서만 열 수 있습니다.", "It opens only on a paired screen."),
    "no-camera": ("이 화면에는 얼굴을 확인할 카메라가 없습니다.", "No camera for faces stands at this screen."),
    "camera-missing": ("카메라가 연결되어 있지 않습니다.", "The camera is not connected."),
    "camera-lost": ("카메라 연결이 끊어졌습니다.", "The camera was lost."),
    "virtual-camera": ("가상 카메라로는 열 수 없습니다.", "A virtual camera opens nothing."),
    "nobody-enrolled": ("등록된 얼굴이 없습니다.", "No face is enrolled."),
    "locked-out": ("여러 번 실패하여 잠시 기다려야 합니다.", "After several failures one must wait a while."),
    "no-face": ("얼굴이 보이지 않습니다.", "No face is to be seen."),
    "too-far": ("조금 더 가까이 와 주세요.", "Please come nearer."),
    "several-faces": ("카메라 앞에 한 분만 계셔야 합니다.", "Only one person may stand before the camera."),
    "not-recognised": ("등록된 분으로 확인되지 않았습니다.", "The face was not recognised."),
    "not-the-same-face": ("확인하는 동안 얼굴이 바뀌었습니다.", "The face changed during the check."),
    "challenge-failed": ("안내한 동작을 확인하지 못했습니다.", "The movement asked for was not made."),
    "looks-like-a-picture": ("실제 얼굴로 확인되지 않았습니다.", "It does not look like a face in the flesh."),
    "timeout": ("정해진 시간 안에 확인하지 못했습니다.", "The check took too long."),
    "no-second-factor": (
        "이 분의 PIN이나 시계가 등록되어 있지 않습니다.",
        "Neither a PIN nor a watch is set up for this person.",
    ),
    "pin-needed": (
        "PIN이 꼭 필요하지만 등록되어 있지 않거나 막혀 있습니다.",
        "The PIN is a must, and is not set or is barred.",
    ),
    "wrong-pin": ("PIN이 여러 번 맞지 않았습니다.", "The PIN was wrong several times."),
    "declined": ("시계에서 거절했습니다.", "The watch said no."),
    "not-confirmed": ("PIN이나 시계로 제때 확인되지 않았습니다.", "The second proof did not come in time."),
    "cancelled": ("확인을 그만두었습니다.", "The check was cancelled."),
    "left": ("자리를 비우셔서 그만두었습니다.", "You left, so it was ended."),
    "onlooker": ("다른 분이 함께 보고 있습니다.", "Somebody else looks on."),
    "screen-left": ("화면 연결이 바뀌었습니다.", "The screen has changed."),
    "stopped": ("서비스가 멈춥니다.", "The service stops."),
}
_OTHERWISE = ("얼굴을 확인할 수 없습니다.", "Faces cannot be checked now.")


def refusal_of(reason: str) -> Outcome:
    """The outcome of a check that did not open private mode."""
    ko, en = _REASONS.get(reason, _OTHERWISE)
    code = OutcomeCode.CANCELLED if reason in ("cancelled", "screen-left", "stopped") else OutcomeCode.NOT_PERMITTED
    return Outcome(code, ko, en, reason)
