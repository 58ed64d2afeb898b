/** Words that only the roles' own pages use, Korean and English. */
import { language } from "../i18n.js";

const WORDS = {
  menus: ["무엇을 볼까요?", "What would you like to see?"],
  allMenus: ["전체 메뉴", "All menus"],
  more: ["다음 목록", "More"],
  before: ["앞 목록", "Previous list"],
  home: ["처음으로", "Home"],
  back: ["뒤로", "Back"],
  talk: ["눌러서 말하기", "Push to talk"],
  stopTalk: ["말하기 끝내기", "Stop talking"],
  big: ["크게 보기 200%", "Large 200 %"],
  contrast: ["고대비", "High contrast"],
  voice: ["음성 안내", "Spoken guidance"],
  language: ["English", "한국어"],
  lastUntil: ["마지막 자료", "Last data"],
  still: ["계속 이용하시겠어요?", "Would you like to go on?"],
  stillWhy: ["곧 처음 화면으로 돌아갑니다.", "This screen is about to return to the start."],
  goOn: ["계속 이용", "Go on"],
  seconds: ["초", "s"],
  controls: ["조작판", "Controls"],
  chosen: ["화면을 바꿉니다:", "Changing the wall:"],
  onWall: ["지금 벽 화면", "On the wall now"],
  pageUp: ["위로", "Up"],
  pageDown: ["아래로", "Down"],
  hold: ["화면 고정", "Hold"],
  release: ["고정 풀기", "Release"],
  leftHand: ["왼손", "Left hand"],
  rightHand: ["오른손", "Right hand"],
  relay: ["말해서 화면 바꾸기", "Speak to the wall"],
  listening: ["듣고 있습니다", "Listening"],
  done: ["화면에 전했습니다", "Sent to the wall"],
  yes: ["예", "Yes"],
  no: ["아니요", "No"],
};

/** A word in the current language. Throws on an unknown key, so that a missing word is found in tests. */
export function w(key) {
  const pair = WORDS[key];
  if (!pair) throw new Error(`no word for ${key}`);
  return pair[language() === "en" ? 1 : 0];
}
