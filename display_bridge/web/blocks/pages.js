/** Things to read and look at: documents, stories, video tiles, picture series, apps and controls. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { moment, number } from "../format.js";
import { icon } from "../icons.js";
import { parts } from "../live-parts.js";
import { language, pick, t } from "../i18n.js";
import { scene } from "../scenes.js";

/** {chapters: [{title_ko, body_ko}]} */
export function story(block) {
  const chapters = block.chapters ?? [];
  return html`<ol class=${`story n${Math.min(chapters.length, 6)}`} data-scroll tabindex="0">
    ${chapters.map(
      (chapter, index) => html`<li style=${styleMap({ "--c": `var(--series-${(index % 8) + 1})` })}>
        <span class="chapter">${String(index + 1).padStart(2, "0")}</span>
        <h3>${pick(chapter, "title")}</h3>
        <p>${pick(chapter, "body")}</p>
      </li>`,
    )}
  </ol>`;
}

/** {chapters: [{title_ko, body_ko, scene}]}: each with a drawn scene, never a made-up photograph. */
export function photoStory(block) {
  const chapters = block.chapters ?? [];
  const drawn = language() === "en" ? "drawing" : "삽화";
  return html`<ol class="story photo" data-scroll tabindex="0">
    ${chapters.map(
      (chapter, index) => html`<li style=${styleMap({ "--c": `var(--series-${(index % 8) + 1})` })}>
        ${scene(chapter.scene, `${pick(chapter, "title")} ${drawn}`)}
        <div>
          <h3><span class="order">${index + 1}</span>${pick(chapter, "title")}</h3>
          <p>${pick(chapter, "body")}</p>
        </div>
      </li>`,
    )}
  </ol>`;
}

/** The earth from above, for a place where a satellite's picture would be: a drawing, not a picture of the weather. */
const earth = () => html`<svg class="testcard" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
  <circle class="globe" cx="160" cy="232" r="180"></circle>
  ${[0, 1, 2, 3].map((step) => svg`<ellipse class="grat" cx="160" cy="232" rx=${20 + step * 52} ry="180"></ellipse><path class="grat" d=${`M${-20} ${86 + step * 36}Q160 ${40 + step * 40} 340 ${86 + step * 36}`}></path>`)}
  <path class="cloud" d="M70 110q26-22 58-8t60-10M150 84q24-16 52-4M196 134q20-18 50-8"></path>
</svg>`;

/** {frames: [{label_ko, at}], available, reason_ko} */
export function imageSequence(block) {
  const frames = block.frames ?? [];
  return html`<div class="sequence">
    <div class="pane">${earth()}<p>${icon("camera-off")}<b>${pick(block, "reason") || t("noData")}</b></p></div>
    <ol>${frames.map((frame, index) => html`<li class=${index === frames.length - 1 ? "latest" : ""}><i></i><b>${pick(frame, "label")}</b><time>${moment(frame.at)}</time></li>`)}</ol>
  </div>`;
}

const APP_ICONS = { conference: "video", "video-conference": "video", phone: "phone", "video-call": "video", "voice-call": "phone", "voice-assistant": "mic", "motion-mouse": "hand", "work-order": "list", bookshelf: "book", face: "lock", "private-mode": "lock", hands: "hand", motion: "hand", voice: "mic", watch: "watch", tablet: "tablet", help: "help" };

/** {app, state_ko, body_ko, steps_ko} */
export function overlayApp(block, ctx) {
  const alive = parts.get(block.app)?.();
  if (alive) return alive;
  return html`<div class="app">
    <div class="emblem" aria-hidden="true">${icon(APP_ICONS[block.app] ?? "spark")}</div>
    <p class="state">${pick(block, "state")}</p>
    <p class="body">${pick(block, "body")}</p>
    <ol class="steps">
      ${(block[language() === "en" ? "steps_en" : "steps_ko"] ?? block.steps_ko ?? []).map((step, index) => html`<li><b>${index + 1}</b><span>${step}</span></li>`)}
    </ol>
  </div>`;
}

/** {app, running, items}: what a control steers now; the rotation can be paused and started here. */
export function control(block, ctx) {
  const items = block.items ?? [];
  const rotation = !block.app || block.app === "rotation";
  return html`<div class="control">
    <p class=${`running ${block.running ? "on" : "off"}`}>
      ${icon(block.running ? "play" : "pause")}<b>${block.running ? (language() === "en" ? "Running" : "동작 중") : (language() === "en" ? "Stopped" : "멈춤")}</b>
      ${rotation
        ? html`<button type="button" class="action" @click=${() => ctx.send("rotation", { running: !block.running })}>${block.running ? t("pause") : t("resume")}</button>`
        : nothing}
    </p>
    <ol data-scroll tabindex="0">
      ${items.map((item, index) => {
        const name = typeof item === "string" ? item : pick(item, "label") || pick(item, "name") || pick(item, "title");
        const value = typeof item === "object" ? item.text ?? item.value_ko ?? item.value : null;
        if (item.panel) return html`<li><button type="button" @click=${() => ctx.send("show", { panel: item.panel })}><b>${index + 1}</b><span>${name}</span>${icon("right")}</button></li>`;
        return html`<li><b>${index + 1}</b><span>${name}</span>${value === null || value === undefined ? nothing : html`<em>${typeof value === "number" ? number(value) : value}${item.unit ? ` ${item.unit}` : ""}</em>`}</li>`;
      })}
    </ol>
  </div>`;
}

