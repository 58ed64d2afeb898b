/** Overlays of the screen itself: help, departments, conference, private mode. Opened and closed by the server. */
import { html, nothing } from "lit-html";
import { icon } from "./icons.js";
import { language, pick, t } from "./i18n.js";
import { office, parts } from "./live-parts.js";

const HELP = [
  ["screen", ["화면 바꾸기", "Change the screen"], [["서울아, 미세먼지 보여줘", "Seoul-a, show fine dust"], ["서울아, 강남구 교통 상황", "Seoul-a, traffic in Gangnam"], ["서울아, 청년 일자리 지표", "Seoul-a, youth jobs"]]],
  ["speech", ["값 물어보기", "Ask a value"], [["지금 초미세먼지 몇이야?", "What is PM2.5 now?"], ["강남구 기온 알려줘", "Temperature in Gangnam?"]]],
  ["phone", ["부서와 통화", "Call a department"], [["담당 부서에 전화해 줘", "Call the department"], ["교통실 영상통화 연결", "Video call to transport"]]],
  ["back", ["화면 움직이기", "Move around"], [["뒤로 · 처음으로 · 다음 화면", "back · home · next"], ["크게 · 작게 · 위로 · 아래로", "zoom in · out · up · down"], ["이 화면 고정해 줘", "hold this screen"]]],
  ["video", ["화상회의", "Conference"], [["화상회의 시작해 줘", "Start a conference"]]],
  ["hand", ["손으로 고르기", "Choose by hand"], [["벽 앞에서 오른손을 3초 동안 들기", "Hold your right hand up for 3 seconds"], ["움직이고, 엄지와 검지를 붙이기", "Move, then pinch thumb and index"], ["손 동작 꺼 줘 · 켜 줘", "turn hand control off · on"]]],
  ["stop", ["멈추기", "Stop"], [["그만", "stop"], ["화면 전환 멈춰", "pause rotation"]]],
];
const word = ([ko, en]) => (language() === "en" ? en : ko);

function help() {
  return html`<ul class="help-cards">
    ${HELP.map(
      ([name, title, lines]) => html`<li>
        <h3>${icon(name)}${word(title)}</h3>
        ${lines.map((line) => html`<p>${word(line)}</p>`)}
      </li>`,
    )}
  </ul>`;
}

function departments(args, local, actions) {
  const list = departmentList(args, local);
  if (!list.length) return html`<p class="notice">${local.catalogError ? t("catalogFailed") : t("noData")}</p>`;
  return html`<ul class="department-list">
    ${list.map(
      (one) => html`<li>
        <span>${icon("building")}<b>${pick(one, "name")}</b></span>
        <button type="button" class="round call" @click=${() => actions.send("call", { media: "video", department: one.id })} aria-label=${`${pick(one, "name")} ${t("videoCall")}`}>${icon("video")}</button>
        <button type="button" class="round call" @click=${() => actions.send("call", { media: "voice", department: one.id })} aria-label=${`${pick(one, "name")} ${t("voiceCall")}`}>${icon("phone")}</button>
      </li>`,
    )}
  </ul>`;
}

/** Departments come with the overlay or with the catalogue. Pure. */
export const departmentList = (args, local) => args?.departments ?? local.catalog?.departments ?? [];

function conference(args) {
  const alive = parts.get("conference")?.();
  if (alive) return alive;
  const rooms = args?.rooms ?? [];
  if (!rooms.length) {
    return html`<div class="empty">${icon("video")}
      <p><b>${language() === "en" ? "No meeting room is online now." : "지금 열려 있는 회의실이 없습니다."}</b></p>
      <p>${language() === "en" ? "Rooms appear here as soon as one is opened." : "회의실이 열리면 여기에 나타납니다."}</p>
    </div>`;
  }
  return html`<ol class="rooms">${rooms.map((room, index) => html`<li><b>${index + 1}</b><span>${pick(room, "name")}</span><small>${pick(room, "state")}</small></li>`)}</ol>`;
}

function privateMode(args, local, actions) {
  const check = office.privateCheck?.(args, local, actions);
  if (check) return check;
  const steps = language() === "en"
    ? ["Look at the camera beside the wall.", "Turn your head as the screen asks.", "Private panels open while you stay in front of the wall.", "They close by themselves when you leave."]
    : ["벽 옆의 카메라를 봐 주세요.", "화면의 안내에 따라 고개를 돌려 주세요.", "벽 앞에 계시는 동안 비공개 화면을 볼 수 있습니다.", "자리를 비우시면 저절로 닫힙니다."];
  return html`<div class="app in-overlay">
    <div class="emblem">${icon("lock")}</div>
    <p class="lock-state">${icon("lock")}${t("nowLocked")}</p>
    ${local.services?.face ? nothing : html`<p class="honest">${icon("camera-off")}<span>${t("noCamera")}</span></p>`}
    <p class="body">${language() === "en" ? "Private panels open only for a recognised person. A voice alone never opens them." : "비공개 화면은 얼굴이 확인된 분에게만 열립니다. 목소리만으로는 열리지 않습니다."}</p>
    <ol class="steps">${steps.map((step, index) => html`<li><b>${index + 1}</b><span>${step}</span></li>`)}</ol>
  </div>`;
}

const OVERLAYS = {
  help: [["서울아, 이렇게 말해 보세요", "Things to say"], help],
  departments: [["어느 부서에 연결할까요?", "Which department?"], departments],
  conference: [["화상회의", "Conference"], conference],
  "private-mode": [["비공개 모드", "Private mode"], privateMode],
};

/** The open overlay, or nothing. An unknown one is named instead of hidden. */
export function overlay(open, local, actions) {
  if (!open || open.name === "menu") return nothing;
  const name = String(open.name).replaceAll("_", "-");
  const [title, body] = OVERLAYS[name] ?? [[name, name], () => html`<p class="notice">${t("unknownBlock")}</p>`];
  return html`<div class="veil" @click=${() => actions.send("dismiss")}></div>
    <section class=${`overlay ${name}`} role="dialog" aria-modal="true" aria-label=${word(title)} tabindex="-1" @keydown=${(event) => event.key === "Escape" && actions.send("dismiss")}>
      <header>
        <h2>${word(title)}</h2>
        <button type="button" class="round" @click=${() => actions.send("dismiss")} aria-label=${t("close")}>${icon("close")}</button>
      </header>
      ${body(open.args, local, actions)}
    </section>`;
}
