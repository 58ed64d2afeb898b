/** Maps whose figures belong to districts: choropleth, wind vectors, flows, pledges. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { figureText, number, short, unitText } from "../format.js";
import { gradeWord, language, pick, t } from "../i18n.js";
import { districtPoint, seoul, seoulMap } from "../map.js";

const GRADES = ["good", "moderate", "bad", "very_bad"];

/** The range of the finite values of an area map, null when there is none. */
export function valueRange(areas) {
  const values = Object.values(areas ?? {}).map((area) => area?.value).filter((value) => Number.isFinite(value));
  return values.length ? { low: Math.min(...values), high: Math.max(...values) } : null;
}

/** The colour of an area: its grade's, deeper with the value; without grades one scale from low to high. */
export function areaColor(area, range) {
  if (!area || !Number.isFinite(area.value)) return "var(--map-none)";
  const share = range && range.high > range.low ? (area.value - range.low) / (range.high - range.low) : 0.5;
  if (GRADES.includes(area.grade)) {
    return `color-mix(in oklab, var(--map-${area.grade.replace("_", "-")}) ${Math.round(70 + 30 * share)}%, var(--map-land))`;
  }
  return `color-mix(in oklab, var(--seq-high) ${Math.round(share * 100)}%, var(--seq-low))`;
}

/** {metric_ko, unit, areas, legend, selected}: districts coloured by value, values written in each. */
export function choropleth(block, ctx) {
  const areas = block.areas ?? {};
  const range = valueRange(areas);
  const describe = (name) => {
    const area = areas[name];
    if (!area) return `${name} ${t("noData")}`;
    return [name, figureText(area.value, block.unit, language()), gradeWord(area.grade)].filter(Boolean).join(" ");
  };
  return html`<div class="mapbox">
    ${seoulMap({
      title: pick(block, "title") || block.metric_ko,
      fill: (name) => areaColor(areas[name], range),
      value: (name) => (areas[name] ? short(areas[name].value, language()) : null),
      describe,
      selected: block.selected ?? ctx.args?.district ?? null,
      zoom: ctx.hero ? ctx.zoom : 1,
      onSelect: ctx.hero ? (district) => ctx.send("select_district", { district }) : undefined,
    })}
    ${legend(block, range)}
  </div>`;
}

function legend(block, range) {
  if (block.legend?.length) {
    return html`<ul class="legend" aria-label=${`${block.metric_ko ?? ""} ${unitText(block.unit, language())}`}>
      ${block.legend.map(
        (step) => html`<li>
          <i class="swatch" style=${styleMap({ background: step.color ?? `var(--grade-${(step.grade ?? "").replace("_", "-")}, var(--accent))` })}></i>
          <span>${(language() === "en" && gradeWord(step.grade)) || step.label_ko || gradeWord(step.grade)}</span>
          <b>${legendRange(step)}</b>
        </li>`,
      )}
      ${block.unit ? html`<li class="unit">${unitText(block.unit, language())}</li>` : nothing}
    </ul>`;
  }
  if (!range) return nothing;
  return html`<div class="legend ramp" aria-hidden="true">
    <b>${figureText(range.low, "")}</b><i></i><b>${figureText(range.high, "")}</b><span>${unitText(block.unit, language())}</span>
  </div>`;
}

function legendRange({ range, from, to }) {
  if (range) return range;
  if (from === undefined && to === undefined) return "";
  if (to === null || to === undefined) return `${number(from)}–`;
  return `${number(from ?? 0)}–${number(to)}`;
}

/** {vectors: [{area, direction_deg (where the wind comes from), speed, unit, temperature}]}: arrows show where it blows. */
export function vectorMap(block, ctx) {
  const vectors = new Map((block.vectors ?? []).map((vector) => [vector.area, vector]));
  const temperatures = Object.fromEntries([...vectors].map(([name, { temperature }]) => [name, { value: temperature }]));
  const range = valueRange(temperatures);
  const fastest = Math.max(0.1, ...[...vectors.values()].map(({ speed }) => speed ?? 0));
  const arrows = [...vectors.values()].map((vector) => {
    const place = districtPoint(vector.area);
    if (!place || !Number.isFinite(vector.speed) || !Number.isFinite(vector.direction_deg)) return nothing;
    const reach = 10 + 16 * (vector.speed / fastest);
    return svg`<g class="wind" transform=${`translate(${place[0]} ${place[1] - 22}) rotate(${vector.direction_deg + 180})`}>
      <path class="gust" d=${`M0 ${reach}V${-reach}M-7 ${-reach + 9}L0 ${-reach}L7 ${-reach + 9}`}></path>
    </g>`;
  });
  const unit = block.vectors?.[0]?.unit ?? "m/s";
  return html`<div class="mapbox">
    ${seoulMap({
      title: pick(block, "title"),
      fill: (name) => (range ? areaColor(temperatures[name], range) : null),
      value: (name) => (vectors.has(name) ? number(vectors.get(name).speed, { maxDecimals: 1 }) : null),
      describe: (name) => `${name} ${number(vectors.get(name)?.speed)} ${unit}`,
      zoom: ctx.hero ? ctx.zoom : 1,
      over: svg`<g class="winds" aria-hidden="true">${arrows}</g>`,
      className: "vectors",
    })}
    <div class="legend ramp">
      <span>${range ? html`<b>${number(range.low)}°C</b>` : nothing}</span><i></i>
      <span>${range ? html`<b>${number(range.high)}°C</b>` : nothing}</span><span>↑ ${unit}</span>
    </div>
  </div>`;
}

/** {flows: [{from, to, value}], unit}: arcs between districts, wide for much. */
export function flowMap(block, ctx) {
  const flows = [...(block.flows ?? [])].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const most = Math.max(1, ...flows.map(({ value }) => value ?? 0));
  const arcs = flows.map((flow, index) => {
    const from = districtPoint(flow.from);
    const to = districtPoint(flow.to);
    if (!from || !to) return nothing;
    const bend = 0.22;
    const cx = (from[0] + to[0]) / 2 - (to[1] - from[1]) * bend;
    const cy = (from[1] + to[1]) / 2 + (to[0] - from[0]) * bend;
    const strong = index >= flows.length - 5;
    const width = 1.5 + 8 * ((flow.value ?? 0) / most);
    return svg`<g class=${strong ? "flow strong" : "flow"}>
      <path d=${`M${from[0]} ${from[1]}Q${cx} ${cy} ${to[0]} ${to[1]}`} style=${styleMap({ strokeWidth: String(width) })}></path>
      <circle cx=${to[0]} cy=${to[1]} r=${3 + width / 2}></circle>
    </g>`;
  });
  const top = flows.slice(-5).reverse();
  return html`<div class="mapbox">
    ${seoulMap({ title: pick(block, "title"), zoom: ctx.hero ? ctx.zoom : 1, under: svg`<g class="flows" aria-hidden="true">${arcs}</g>`, labels: "quiet" })}
    <ol class="toplist">
      ${top.map((flow) => html`<li><span>${flow.from} → ${flow.to}</span><b>${figureText(flow.value, block.unit, language())}</b></li>`)}
    </ol>
  </div>`;
}

/** {groups: [{name_ko, done, doing, planned, items}]}: where the promises are, and how far each group is. */
export function pledgeMap(block, ctx) {
  const groups = block.groups ?? [];
  const counts = {};
  for (const { district } of groups.flatMap(({ items }) => items ?? [])) {
    if (district && seoul()?.byName.has(district)) counts[district] = { value: (counts[district]?.value ?? 0) + 1 };
  }
  const range = valueRange({ ...counts, none: { value: 0 } });
  const placed = Object.keys(counts).length > 0;
  return html`<div class=${placed ? "pledge" : "pledge nomap"}>
    ${placed
      ? seoulMap({
          title: pick(block, "title"),
          fill: (name) => (counts[name] ? areaColor(counts[name], range) : "var(--map-land)"),
          value: (name) => (counts[name] ? `${counts[name].value}건` : null),
          zoom: ctx.hero ? ctx.zoom : 1,
        })
      : nothing}
    <div class="groups">${groups.map((group) => pledgeGroup(group, groups.length > 3 ? 2 : 4))}</div>
  </div>`;
}

function pledgeGroup(group, most) {
  const total = Math.max(1, group.done + group.doing + group.planned);
  const part = (key) => html`<i class=${key} style=${styleMap({ flexGrow: String(group[key]) })}></i>`;
  return html`<section class="group">
    <h3>${pick(group, "name")} <small>${Math.round((group.done / total) * 100)}% ${t("done")}</small></h3>
    <div class="stack" aria-hidden="true">${part("done")}${part("doing")}${part("planned")}</div>
    <p class="counts">
      ${["done", "doing", "planned"].map((key) => html`<span class=${key}>${t(key)} <b>${group[key]}</b></span>`)}
    </p>
    <ul>
      ${(group.items ?? []).slice(0, most).map(
        (item) => html`<li>
          <span>${pick(item, "title")}${item.district ? html` <em>${item.district}</em>` : nothing}</span>
          <b>${number(item.progress)}%</b>
        </li>`,
      )}
    </ul>
  </section>`;
}
