/** Words of the page itself, Korean and English. Names of panels and blocks come with the data. */

const WORDS = {
  title: ["디지털 시민시장실", "Digital Civic Mayor's Office"],
  subtitle: ["Digital Civic Mayor's Office", "디지털 시민시장실"],
  connected: ["실시간 연결", "Live"],
  connecting: ["연결하는 중", "Connecting"],
  lost: ["연결 끊김", "Disconnected"],
  dataOf: ["자료", "data"],
  asOf: ["기준", "as of"],
  stale: ["지난 자료", "Old data"],
  live: ["실시간", "Live"],
  source: ["출처", "Source"],
  next: ["다음 화면", "Next"],
  paused: ["화면 전환 멈춤", "Rotation paused"],
  pause: ["전환 멈추기", "Pause rotation"],
  resume: ["전환 다시 시작", "Resume rotation"],
  hold: ["화면 고정", "Hold"],
  release: ["고정 풀기", "Release"],
  held: ["고정된 화면", "Held"],
  alert: ["긴급", "Alert"],
  acknowledge: ["상황 확인", "Acknowledge"],
  acknowledgePaired: ["등록된 화면에서 확인", "Acknowledge on a paired screen"],
  locked: ["잠김 · Locked", "Locked"],
  unlocked: ["열림 · 누르면 잠금", "Open · touch to lock"],
  noCamera: ["얼굴을 확인할 카메라가 아직 설정되지 않았습니다. 지금은 비공개 화면을 열 수 없습니다.", "No camera for the face check is set up yet. Private screens cannot be opened now."],
  nowLocked: ["지금은 잠겨 있습니다", "It is locked now"],
  acknowledgeShort: ["확인", "Acknowledge"],
  acknowledged: ["확인", "Acknowledged"],
  drill: ["모의훈련", "Exercise"],
  placeMarked: ["발생 위치", "Reported position"],
  placeUnknown: ["정확한 위치는 확인 중", "Exact position not known yet"],
  nowWord: ["지금", "Now"],
  putAsideShort: ["닫기", "Close"],
  putAside: ["확인했어요, 화면 계속 보기", "I have read it, go on"],
  readAgain: ["다시 보기", "Read again"],
  emergencyCall: ["긴급 신고 119 · 문의 120 다산콜", "Emergency 119 · Information 120 Dasan call"],
  callsOff: ["통화 기능은 아직 연결되지 않았습니다.", "Calls are not connected yet."],
  extension: ["내선", "ext."],
  returns: ["뒤 이전 화면", "until return"],
  back: ["뒤로", "Back"],
  home: ["처음 화면", "Home"],
  zoomIn: ["크게", "Zoom in"],
  zoomOut: ["작게", "Zoom out"],
  up: ["위로", "Up"],
  down: ["아래로", "Down"],
  department: ["담당", "Department"],
  videoCall: ["영상통화", "Video call"],
  voiceCall: ["음성통화", "Voice call"],
  conference: ["화상회의", "Conference"],
  privateMode: ["비공개 모드", "Private mode"],
  hands: ["손 동작", "Hand control"],
  handsOn: ["켜짐", "On"],
  handsOff: ["꺼짐", "Off"],
  handsMissing: ["카메라 없음", "No camera"],
  skip: ["본문으로 건너뛰기", "Skip to the content"],
  menu: ["메뉴", "Menu"],
  close: ["닫기", "Close"],
  all: ["전체", "All"],
  panels: ["개 화면", "screens"],
  loading: ["불러오는 중", "Loading"],
  catalogFailed: ["화면 목록을 불러오지 못했습니다.", "The list of screens could not be loaded."],
  retry: ["다시 시도", "Try again"],
  say: ["“서울아, 미세먼지 보여줘”", "“Seoul-a, show fine dust”"],
  type: ["말하거나 적어 주세요", "Speak or type"],
  send: ["보내기", "Send"],
  talk: ["눌러서 말하기", "Push to talk"],
  stopTalk: ["말하기 끝내기", "Stop talking"],
  standby: ["네, 말씀하세요", "Yes, go ahead"],
  notCalled: ["부르지 않았어요", "I did not call"],
  hearing: ["듣고 있습니다", "Listening"],
  deciding: ["무엇인지 알아보고 있습니다", "Working it out"],
  asking: ["하나를 골라 주세요", "Please choose"],
  acting: ["화면을 바꾸고 있습니다", "Changing the screen"],
  speaking: ["말하고 있습니다", "Speaking"],
  followUp: ["이어서 말씀하셔도 됩니다", "You may go on speaking"],
  muted: ["듣지 않는 중", "Not listening"],
  micMissing: ["마이크 없음", "No microphone"],
  micDenied: ["마이크 사용이 허용되지 않았습니다. 브라우저의 사이트 설정에서 허용해 주세요.", "The microphone is not allowed. Allow it in the browser's site settings."],
  micInsecure: ["이 주소에서는 마이크를 쓸 수 없습니다. https 또는 이 기기(127.0.0.1)로 여세요.", "The microphone needs https or this device's own address (127.0.0.1)."],
  micNone: ["마이크를 찾지 못했습니다. 글로 적어 주세요.", "No microphone was found. Please type."],
  micBroken: ["음성을 보내지 못했습니다. 다시 눌러 주세요.", "The sound could not be sent. Please press again."],
  micCut: ["연결이 끊겨 다 듣지 못했습니다. 다시 말씀해 주세요.", "The link broke and not all was heard. Please say it again."],
  textFailed: ["문장을 보내지 못했습니다.", "The sentence could not be sent."],
  cmdFailed: ["명령을 보내지 못했습니다.", "The command could not be sent."],
  soundBlocked: ["이 화면에서 소리가 막혀 있습니다. 화면을 한 번 누르면 소리가 납니다.", "Sound is blocked on this screen. Touch it once to allow sound."],
  choose: ["번호를 말하거나 눌러 주세요", "Say or touch a number"],
  unknownBlock: ["이 화면은 아직 이 자료를 그릴 수 없습니다.", "This screen cannot draw this kind of data yet."],
  noView: ["보여 줄 내용이 없습니다.", "There is nothing to show."],
  brokenBlock: ["이 자료를 그리지 못했습니다.", "This data could not be drawn."],
  noMap: ["지도 자료를 불러오지 못했습니다.", "The map could not be loaded."],
  noData: ["자료 없음", "No data"],
  internal: ["내부", "Internal"],
  private: ["비공개", "Private"],
  simulated: ["모의 데이터", "Simulated data"],
  recorded: ["녹화 데이터", "Recorded data"],
  page: ["쪽", " pages"],
  language: ["English", "한국어"],
  seoul: ["서울", "Seoul"],
  done: ["완료", "Done"],
  doing: ["추진 중", "In progress"],
  planned: ["예정", "Planned"],
  help: ["도움말", "Help"],
  good: ["좋음", "Good"],
  moderate: ["보통", "Moderate"],
  bad: ["나쁨", "Bad"],
  very_bad: ["매우나쁨", "Very bad"],
};

/** Why the server refuses, by its stable codes. */
const REFUSALS = {
  offline: ["서버와 연결이 끊겨 있습니다.", "There is no connection to the service."],
  timeout: ["서버가 제때 답하지 않았습니다.", "The service did not answer in time."],
  busy: ["앞의 명령을 아직 처리하고 있습니다.", "Earlier commands are still being carried out."],
  "wrong-pin": ["PIN이 맞지 않습니다.", "That is not the PIN."],
  "bad-pin": ["PIN은 6~12자리 숫자입니다.", "A PIN has 6 to 12 digits."],
  "not-asked": ["지금은 확인할 것이 없습니다.", "Nothing is to be confirmed now."],
  "not-your-watch": ["다른 분의 시계입니다.", "This watch is somebody else's."],
  "not-paired": ["연결이 승인된 화면에서만 할 수 있습니다.", "Only a paired screen may do this."],
  "read-only": ["이 화면에서는 볼 수만 있습니다.", "This screen may only watch."],
  "bad-proto": ["화면이 서버와 버전이 달라 다시 불러옵니다.", "This page is another version than the service; it loads anew."],
  "bad-token": ["이 화면의 기기 등록이 더는 유효하지 않습니다. 다시 등록해 주세요.", "This screen's device token no longer holds. Pair it again."],
  "other-display": ["이 기기 등록은 다른 화면의 것입니다.", "This device token belongs to another screen."],
  "token-needed": ["등록된 기기에서만 할 수 있습니다.", "Only a paired device may do this."],
  "bad-origin": ["이 주소에서는 쓸 수 없습니다.", "This address may not be used."],
  "bad-host": ["이 주소에서는 쓸 수 없습니다.", "This address may not be used."],
  "unknown-panel": ["그런 화면이 없습니다.", "There is no such screen."],
  "no-wake": ["호출어로 시작된 일이 없습니다.", "Nothing was begun by the wake word."],
  "no-hand": ["지금은 손으로 고를 수 없습니다.", "Nothing can be chosen by hand now."],
  "unknown-role": ["알 수 없는 화면 종류입니다.", "This kind of screen is not known."],
};

let lang = "ko";

/** "ko" or "en". */
export const language = () => lang;

/** Take the language from `?lang=`, then from the last choice on this screen. Returns it. */
export function initLanguage(location = window.location, storage = window.localStorage) {
  const wanted = new URLSearchParams(location.search).get("lang") ?? readSafely(storage, "seoula.lang");
  return setLanguage(wanted === "en" ? "en" : "ko", null);
}

/** Change the language; `storage` remembers it. */
export function setLanguage(next, storage = globalThis.localStorage) {
  lang = next;
  if (globalThis.document) document.documentElement.lang = next;
  try {
    storage?.setItem("seoula.lang", next);
  } catch {
    // A screen without storage only forgets the choice.
  }
  return lang;
}

function readSafely(storage, key) {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** A word of the page in the current language. Throws on an unknown key, so that a missing word is found in tests. */
export function t(key) {
  const pair = WORDS[key];
  if (!pair) throw new Error(`no word for ${key}`);
  return lang === "en" ? pair[1] : pair[0];
}

/** Words for a refusal; an unknown code is shown with them, so that it can be looked up. */
export function refusalWords(code) {
  const pair = REFUSALS[code];
  if (pair) return lang === "en" ? pair[1] : pair[0];
  return code ? `${t("cmdFailed")} (${code})` : t("cmdFailed");
}

/** A word of the page in the other language, shown small beside the first. */
export const other = (key) => WORDS[key][lang === "en" ? 0 : 1];

/** A field in the current language: pick(panel, "name") reads name_en or name_ko; Korean stands in for missing English. */
export function pick(object, field) {
  if (!object) return "";
  const wanted = lang === "en" ? object[`${field}_en`] : object[`${field}_ko`];
  return wanted || object[`${field}_ko`] || object[field] || "";
}

/** The words of a grade. */
export const gradeWord = (grade) => (WORDS[grade] ? t(grade) : "");
