"""Why a command of a screen was refused, in the words that people at the screen read. The codes are the errors' own."""

from __future__ import annotations

REFUSALS_KO = {
    "unknown-panel": "그런 화면이 없습니다.",
    "unknown-district": "그런 자치구가 없습니다.",
    "unknown-department": "그런 부서가 없습니다.",
    "unknown-operation": "알 수 없는 명령입니다.",
    "unknown-display": "그런 디스플레이가 없습니다.",
    "bad-request": "명령의 내용이 올바르지 않습니다.",
    "bad-choice": "고를 수 없는 번호입니다.",
    "bad-args": "이 화면에 쓸 수 없는 조건입니다.",
    "read-only": "이 화면은 보기만 할 수 있습니다.",
    "panel-not-permitted": "이 화면에는 표시할 수 없는 자료입니다.",
    "busy": "앞선 명령을 처리하고 있습니다. 잠시 뒤에 다시 눌러 주세요.",
    "too-many": "잠시 뒤에 다시 눌러 주세요.",
    "too-many-displays": "더 많은 디스플레이를 열 수 없습니다.",
    "wrong-pin": "PIN이 맞지 않습니다.",
    "pin-by-hand": "PIN은 화면을 직접 눌러 입력해 주세요.",
    "bad-pin": "PIN은 6~12자리 숫자입니다.",
    "not-asked": "지금은 확인할 것이 없습니다.",
    "not-your-watch": "다른 분의 시계입니다.",
    "not-paired": "연결이 승인된 화면에서만 할 수 있습니다.",
    "no-hand": "지금은 손으로 고를 수 없습니다.",
    "no-wake": "호출어로 시작된 일이 없습니다.",
    "no-handler": "지금은 명령을 받을 수 없습니다.",
    "no-outcome": "명령이 제때 끝나지 않았습니다.",
    "hearing-unavailable": "음성 인식을 준비하고 있습니다.",
    "speaking-unavailable": "음성 안내를 준비하고 있습니다.",
}
OTHERWISE_KO = "명령을 처리하지 못했습니다."


def refusal_ko(code: str) -> str:
    """The Korean sentence of an error code; a general one for a code that no touch leads to."""
    return REFUSALS_KO.get(code, OTHERWISE_KO)
