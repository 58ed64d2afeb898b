/** The blocks of one incident: where it is, how it went on, what to do. */
import { html, nothing, svg } from "lit-html";
import { moment, toDate } from "../format.js";
import { icon } from "../icons.js";
import { language, pick, t } from "../i18n.js";
import { seoul, shortName } from "../map.js";

const WIDE = 330;
const HIGH = 300;

/** What of the map is seen around a point: [x, y, width, height] in the map's units, never past its edge. Pure. */
export function closeUp([bx, by, bw, bh], [x, y], width = WIDE, height = HIGH) {
  const inside = (middle, part, from, whole) => Math.max(from, Math.min(from + whole - part, middle - part / 2));
  return [inside(x, width, bx, bw), inside(y, height, by, bh), width, height].map((part) => Math.round(part * 10) / 10);
}

/** {name_ko, area_ko, tone, district?, x?, y?}: the district close up with a pulsing mark, all of Seoul in a corner. */
export function incidentMap(block) {
  const map = seoul();
  if (!map) return html`<p class="notice">${t("loading")}</p>`;
  const district = block.district ? map.byName.get(block.district) : null;
  const known = Number.isFinite(block.x) && Number.isFinite(block.y);
  const whole = !known && !district;
  const at = known ? map.project(block.x, block.y) : (district?.label ?? [500, 414]);
  const box = whole ? map.viewBox : closeUp(map.viewBox, at);
  const name = (one) => (language() === "en" ? one.en.replace(/-gu$/, "") : shortName(one.ko));
  const size = whole ? 16 : 7.4;
  const clear = ([lx, ly]) => Math.hypot(lx - at[0], ly - at[1]) > 22;
  return html`<div class=${`incident-map ${block.tone ?? "alert"}`}>
    <svg class="close" viewBox=${box.join(" ")} preserveAspectRatio="xMidYMid slice" role="img" aria-label=${`${pick(block, "title")}: ${pick(block, "area")}`}>
      <path class="ground" d=${map.outline}></path>
      ${map.districts.map((one) => svg`<path class=${one === district ? "district here" : "district"} d=${one.path}></path>`)}
      <path class="bed" d=${map.river.path}></path><path class="water" d=${map.river.path}></path>
      ${district ? svg`<path class="edge" d=${district.path}></path>` : nothing}
      ${map.districts.filter(({ label }) => clear(label)).map((one) => svg`<text class=${one === district ? "name here" : "name"} x=${one.label[0]} y=${one.label[1]} style=${`font-size:${size}px`}>${name(one)}</text>`)}
      ${whole ? nothing : svg`<g class="mark" transform=${`translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})`}>
        <circle class="pulse" r="20"></circle><circle class="pulse later" r="20"></circle>
        <circle class="disc" r="7.2"></circle><path class="bang" d="M0 -3.6v4.2M0 3.2v.1"></path>
      </g>`}
    </svg>
    ${whole ? nothing : html`<svg class="whole" viewBox=${map.viewBox.join(" ")} aria-hidden="true">
      <path d=${map.outline}></path>${district ? svg`<path class="here" d=${district.path}></path>` : nothing}
      <circle cx=${at[0]} cy=${at[1]} r="26"></circle>
    </svg>`}
    <p class="place">${icon("place")}<span><b>${pick(block, "area")}</b><small>${known ? t("placeMarked") : t("placeUnknown")}</small></span></p>
  </div>`;
}

/** {since, steps: [{at?, text_ko, text_en?}], tone}: newest first. */
export function incidentLog(block) {
  const steps = block.steps ?? [];
  const since = toDate(block.since)?.getTime();
  return html`<ol class=${`incident-log ${block.tone ?? "alert"}`} data-scroll tabindex="0" aria-label=${pick(block, "title")}>
    ${steps.map((step, index) => {
      const at = toDate(step.at)?.getTime();
      const minutes = Number.isFinite(at) && Number.isFinite(since) ? Math.round((at - since) / 60_000) : null;
      return html`<li class=${index === 0 ? "now" : ""}>
        <time>${step.at ? moment(step.at) : t("nowWord")}${minutes > 0 ? html`<small>+${minutes}${language() === "en" ? " min" : "분"}</small>` : nothing}</time>
        <p>${pick(step, "text")}</p>
      </li>`;
    })}
  </ol>`;
}

/** {notice_ko?, lines: [{text_ko, text_en}]} */
export function incidentAdvice(block) {
  return html`<div class="incident-advice">
    ${block.notice_ko ? html`<blockquote lang="ko">${pick(block, "notice")}</blockquote>` : nothing}
    <ol>${(block.lines ?? []).map((line, index) => html`<li><b>${index + 1}</b><span>${pick(line, "text")}</span></li>`)}</ol>
  </div>`;
}
