/** The video wall: live cameras in a grid, one enlarged, or the word that there is none. */
import { html, nothing, svg } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../icons.js";
import { language, pick, t } from "../i18n.js";
import "../camera.js";

const english = () => language() === "en";

/** {cameras: [{id, name_ko, place_ko, source, live}], count, grid, page, pages, enlarged?, empty_ko?, reason_ko?} */
export function cameras(block, ctx) {
  const list = block.cameras ?? [];
  if (!list.length) return none(english() ? "No camera is connected" : (block.empty_ko ?? t("noData")), pick(block, "reason"));
  const grid = block.grid ?? (list.length <= 1 ? 1 : list.length <= 4 ? 4 : 9);
  return html`<div class="video-wall">
    <ul class=${`cameras grid-${grid} ${list.length <= 2 ? "pair" : ""}`}>
      ${repeat(list, (camera) => camera.id ?? camera.name_ko, (camera) => tile(camera, block, ctx))}
    </ul>
    ${ctx.hero && block.count > 1 ? controls(block, ctx) : nothing}
  </div>`;
}

function tile(camera, block, ctx) {
  const name = pick(camera, "name");
  if (!camera.live) {
    return html`<li>
      <div class="pane">${noSignal()}<p>${icon("camera-off")}<b>${pick(camera, "status") || t("noData")}</b><span>${pick(camera, "reason")}</span></p></div>
      <p class="caption"><b>${name}</b><span>${pick(camera, "place")}</span></p>
    </li>`;
  }
  const big = block.enlarged === camera.id;
  const words = english() ? (big ? "show all cameras" : "enlarge") : big ? "모두 보기" : "크게 보기";
  return html`<li>
    <button type="button" class="pane" aria-pressed=${String(big)} aria-label=${`${name} ${words}`} @click=${() => ctx.send("select", { item: big ? "grid-9" : camera.id })}>
      <seoula-camera .camera=${{ id: camera.id, live: camera.live, source: camera.source, name, words: states() }}></seoula-camera>
    </button>
    <p class="caption"><b>${name}</b><span>${pick(camera, "place")}</span></p>
  </li>`;
}

function controls(block, ctx) {
  const button = (grid) =>
    html`<button type="button" aria-pressed=${String(!block.enlarged && block.grid === grid)} @click=${() => ctx.send("select", { item: `grid-${grid}` })}>${english() ? `${grid} at once` : `${grid}개씩`}</button>`;
  return html`<div class="wall-controls" role="group" aria-label=${english() ? "Layout" : "화면 나누기"}>
    ${[1, 4, 9].map(button)}
    ${block.pages > 1 && !block.enlarged
      ? html`<span>
          <button type="button" class="round" ?disabled=${block.page <= 1} @click=${() => ctx.send("up")} aria-label=${english() ? "Previous cameras" : "앞 카메라"}>${icon("left")}</button>
          <b>${block.page} / ${block.pages}</b>
          <button type="button" class="round" ?disabled=${block.page >= block.pages} @click=${() => ctx.send("down")} aria-label=${english() ? "More cameras" : "다음 카메라"}>${icon("right")}</button>
        </span>`
      : nothing}
  </div>`;
}

const states = () =>
  english()
    ? { connecting: "Connecting…", lost: (seconds) => `No picture. Trying again in ${seconds} s.`, refused: "This screen may not see this camera." }
    : { connecting: "연결하는 중…", lost: (seconds) => `영상이 끊겼습니다. ${seconds}초 뒤에 다시 연결합니다.`, refused: "이 화면에서는 볼 수 없는 카메라입니다." };

/** An honest empty wall: a camera that looks at the skyline, and what is missing. */
function none(title, reason) {
  return html`<div class="no-cameras">
    <svg viewBox="0 0 640 260" aria-hidden="true">
      <path class="hill" d="M0 210C80 170 150 176 220 196S380 150 470 176S600 190 640 170V260H0Z"></path>
      ${[40, 92, 128, 190, 236, 300, 352, 398, 452, 500, 548, 596].map((x, index) => svg`<rect class="house" x=${x} y=${200 - [46, 78, 34, 92, 60, 40, 104, 58, 84, 38, 66, 50][index]} width=${[34, 26, 46, 30, 42, 36, 28, 40, 32, 36, 30, 34][index]} height="120"></rect>`)}
      <path class="beam" d="M318 84L120 232H470Z"></path>
      <g class="lens" transform="translate(318 70)">
        <rect x="-44" y="-24" width="76" height="46" rx="10"></rect><path d="M32 -12L58 -24V22L32 10Z"></path><circle cx="-8" cy="-1" r="12"></circle><path class="slash" d="M-54 -38L64 36"></path>
      </g>
    </svg>
    <p><b>${title}</b><span>${reason}</span></p>
  </div>`;
}

const noSignal = () => html`<svg class="testcard" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
  <path class="ridge" d="M0 132C48 104 86 120 130 108S214 70 258 96S304 104 320 98V180H0Z"></path><path class="ridge near" d="M0 156C60 132 120 150 180 140S280 124 320 138V180H0Z"></path>
</svg>`;
