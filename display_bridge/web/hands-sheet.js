/** The raised hand in the bar, and what it opens: how hands move the cursor, and the switch. */
import { html, nothing, svg } from "lit-html";
import { icon } from "./icons.js";
import { language, t } from "./i18n.js";
import { parts } from "./live-parts.js";

const STEPS = [
  ["person", "벽 앞에 바로 서 주세요.", "1~4 m", "Stand facing the wall.", "1 to 4 m away"],
  ["hand", "오른손을 펴서 3초 동안 들어 주세요.", "아래 손 모양의 원이 다 차면 시작됩니다", "Hold your open right hand up for 3 seconds.", "It begins when the ring is full"],
  ["whole", "손을 움직이면 커서가 따라갑니다.", "왼손으로도 됩니다", "Move your hand: the cursor follows.", "Either hand will do"],
  ["check", "엄지와 검지를 붙이거나, 잠시 멈추면 선택됩니다.", "화살표 위에 머물면 목록이 움직입니다", "Pinch thumb and index finger, or stay, to choose.", "Stay on an arrow to scroll"],
  ["down", "손을 내리면 끝납니다.", "", "Lower your hands to finish.", ""],
];
const STATES = { on: "handsOn", off: "handsOff", missing: "handsMissing" };
const say = (ko, en) => (language() === "en" ? en : ko);

/** "on", "off", "missing"; null where no camera watches for hands. Pure. */
export const handsState = (state) => (state?.assistant?.hands in STATES ? state.assistant.hands : null);

/** The icon of the bar; its ring is filled by hands.js. */
export function handsTool(state, local, actions) {
  const is = handsState(state);
  if (!is) return nothing;
  const label = `${t("hands")} · ${t(STATES[is])}`;
  return html`<button type="button" class=${`hand-tool ${is}`} aria-haspopup="dialog" aria-expanded=${String(Boolean(local.handsSheet))} aria-label=${label} title=${label} @click=${() => actions.set({ handsSheet: !local.handsSheet })}>
    ${svg`<svg class="fill" viewBox="0 0 36 36" aria-hidden="true"><circle class="track" cx="18" cy="18" r="16"/><circle class="left" cx="18" cy="18" r="16" pathLength="100"/></svg>`}
    ${icon("hand")}
  </button>`;
}

function howTo(is, actions) {
  return html`<ol class="hand-steps">
      ${STEPS.map(([name, ko, more, en, moreEn], index) => html`<li><b>${index + 1}</b>${icon(name)}<span>${say(ko, en)}${more ? html`<small>${say(more, moreEn)}</small>` : nothing}</span></li>`)}
    </ol>
    ${is === "missing" ? html`<p class="honest">${icon("camera-off")}<span>${say("카메라가 연결되지 않았습니다. 화면을 눌러 사용해 주세요.", "The camera is not connected. Please touch the screen.")}</span></p>` : nothing}
    <p class="hand-kept">${icon("lock")}<span>${say("영상은 저장하거나 보내지 않습니다. 손과 몸의 위치만 사용합니다.", "No picture is stored or sent: only where hands and body are.")}</span></p>
    ${is
      ? html`<p class="hand-switch"><span>${t("hands")}<b>${t(STATES[is])}</b></span>
          <button type="button" class="action" @click=${() => actions.send("hands", { on: is === "off" })}>${is === "off" ? say("켜기", "Turn on") : say("끄기 · 카메라 닫기", "Turn off · close the camera")}</button></p>`
      : html`<p class="honest">${icon("camera-off")}<span>${say("이 화면에는 손 동작을 보는 카메라가 없습니다.", "No camera watches for hands at this screen.")}</span></p>`}`;
}

/** The sheet above the bar, or nothing. */
export function handsSheet(state, local, actions) {
  const is = handsState(state);
  if (is) parts.set("motion-mouse", () => html`<div class="app hand-app">${howTo(is, actions)}</div>`);
  else parts.delete("motion-mouse");
  if (!local.handsSheet || !is) return nothing;
  const close = () => actions.set({ handsSheet: false });
  return html`<div class="veil light" @click=${close}></div>
    <section class="overlay hands-overlay" role="dialog" aria-modal="true" aria-label=${t("hands")} tabindex="-1" @keydown=${(event) => event.key === "Escape" && close()}>
      <header><h2>${say("손으로 움직이기", "Control by hand")}</h2>
        <button type="button" class="round" @click=${close} aria-label=${t("close")}>${icon("close")}</button></header>
      ${howTo(is, actions)}
    </section>`;
}
