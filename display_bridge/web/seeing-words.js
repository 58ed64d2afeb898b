/** What the cameras tell, in words: states, events, reasons. Pure. An unknown code is shown as it is. */
import { language } from "./i18n.js";

const WORDS = {
  ability: { hands: ["손 동작", "Hands"], face: ["얼굴", "Face"], shelf: ["책장", "Bookshelf"] },
  state: {
    ok: ["작동 중", "working"], starting: ["여는 중", "opening"], missing: ["연결 안 됨", "missing"], off: ["꺼짐", "off"],
    failed: ["고장", "failed"], degraded: ["일부 작동", "degraded"],
    "view-moved": ["카메라가 돌아가 있음: 책장을 향하게 해 주세요", "the camera was moved: turn it to the bookcase"],
    "view-hidden": ["책장이 보이지 않음: 카메라 방향과 문을 확인해 주세요", "the bookcase is not seen: check the camera and the door"],
    "another-shape": ["영상의 가로세로 비율이 등록한 책장과 다름", "the video has another shape than the enrolled picture"],
    "too-small": ["영상이 너무 작음", "the video is too small"],
  },
  event: {
    raising: ["손을 드는 중", "hand going up"], engaged: ["커서를 잡음", "has the cursor"], cursor: ["커서 이동", "moves the cursor"],
    select: ["선택", "chooses"], released: ["커서를 놓음", "lets go"],
    challenge: ["동작 안내", "asked"], verified: ["본인 확인", "recognised"], rejected: ["확인 안 됨", "refused"],
    left: ["자리를 비움", "left"], onlooker: ["다른 사람이 봄", "somebody looks on"], here: ["앞에 있음", "is here"],
    door_opened: ["문이 열림", "door opened"], door_closed: ["문이 닫힘", "door closed"], shelf_seen: ["책장을 확인함", "shelf seen"],
    book_taken: ["책을 꺼냄", "book taken"], book_returned: ["책을 꽂음", "book put back"],
    view_lost: ["책장이 보이지 않음", "bookcase not seen"], view_back: ["책장이 다시 보임", "bookcase seen again"],
    unknown_change: ["알 수 없는 변화", "unknown change"], error: ["오류", "error"],
  },
  why: {
    pinch: ["엄지와 검지", "pinch"], dwell: ["머무름", "stayed"], lowered: ["손을 내림", "hands lowered"], switched_off: ["꺼짐", "switched off"],
    recording_ended: ["녹화 끝", "recording ended"], left: ["왼쪽", "left"], right: ["오른쪽", "right"], up: ["위", "up"], blink: ["눈 깜박임", "blink"],
    "no-face": ["얼굴 없음", "no face"], "too-far": ["너무 멂", "too far"], "several-faces": ["여러 얼굴", "several faces"],
    "not-recognised": ["등록되지 않은 얼굴", "not recognised"], "not-the-same-face": ["얼굴이 바뀜", "another face"],
    "challenge-failed": ["동작이 다름", "movement not made"], "looks-like-a-picture": ["사진으로 보임", "looks like a picture"],
    moved: ["카메라가 움직임", "camera moved"], hidden: ["가려졌거나 다른 곳을 봄", "hidden, or looks elsewhere"], dark: ["어두움", "dark"],
    "another-shape": ["화면 비율이 다름", "another shape"], "too-small": ["영상이 작음", "too small"],
    timeout: ["시간 초과", "took too long"], "virtual-camera": ["가상 카메라", "virtual camera"],
  },
};

/** The word of a kind (ability, state, event, why) for a code. */
export function told(kind, code) {
  const known = WORDS[kind];
  return Object.hasOwn(known, code) ? known[code][language() === "en" ? 1 : 0] : String(code);
}

/** An event in one line. Why a hand let go because somebody left is no direction. */
export function eventLine({ type, reason, code, by, ask, slot, progress, step, of }) {
  const cause = reason ?? code ?? by ?? ask;
  const why = type === "released" && cause === "left" ? told("event", "left") : cause && told("why", cause);
  return [told("event", type), why, slot, progress === undefined ? null : `${Math.round(progress * 100)} %`, step ? `${step}/${of}` : null].filter(Boolean).join(" · ");
}
