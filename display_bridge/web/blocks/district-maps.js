/** Maps whose figures belong to districts: choropleth, wind vectors, flows, pledges. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { figureText, number, short, unitText } from "../format.js";
import { gradeWord, language, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { districtName, districtPoint, labelScale, seoul, seoulMap } from "../map.js";
import { lookButtons } from "../pan.js";

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
  const describe = (name, written) => {
    const area = areas[name];
    if (!area) return `${written} ${t("noData")}`;
    return [written, figureText(area.value, block.unit, language()), gradeWord(area.grade)].filter(Boolean).join(" ");
  };
  const selected = block.selected ?? ctx.args?.district ?? null;
  return html`<div class="mapbox">
    ${seoulMap({
      title: pick(block, "title") || pick(block, "metric"),
      fill: (name) => areaColor(areas[name], range),
      value: (name) => (areas[name] ? short(areas[name].value, language()) : null),
      describe,
      selected,
      compared: comparedOf(ctx),
      zoom: ctx.hero ? ctx.zoom : 1,
      onSelect: chooser(ctx, selected),
      still: !ctx.hero,
    })}
    ${ctx.hero ? html`${lookButtons()}${selected ? chosenBar(selected, ctx) : nothing}` : nothing}
    ${legend(block, range)}
  </div>`;
}

const MOST_COMPARED = 5;

/** Whether the next district that is touched is set beside the chosen one; for this screen, until it is. */
let comparing = false;

const comparedOf = (ctx) => (ctx.args?.compare ?? "").split("+").filter(Boolean);

/** What touching a district does: choose it, let it go again, or set it beside the chosen one. */
export function chooser(ctx, selected) {
  return (district) => {
    const beside = comparedOf(ctx);
    if (comparing && selected && district !== selected) {
      comparing = false;
      const others = beside.includes(district) ? beside.filter((one) => one !== district) : [...beside, district].slice(-MOST_COMPARED);
      return ctx.send("select_district", { district: selected, compare: others });
    }
    comparing = false;
    return district === selected ? ctx.send("show", { panel: ctx.panel }) : ctx.send("select_district", { district });
  };
}

/** The chosen districts, with what can be done about them. */
export function chosenBar(selected, ctx) {
  const english = language() === "en";
  const beside = comparedOf(ctx);
  const toggle = (event) => {
    comparing = !comparing;
    event.currentTarget.setAttribute("aria-pressed", String(comparing));
  };
  return html`<div class="chosen-bar" role="group" aria-label=${english ? "Chosen districts" : "고른 자치구"}>
    <b>${[selected, ...beside].join(" · ")}</b>
    <button type="button" aria-pressed=${String(comparing)} @click=${toggle}>${icon("compare")}${english ? "Compare" : "비교"}</button>
    <button type="button" @click=${() => ctx.send("show", { panel: ctx.panel })}>${english ? "All of Seoul" : "서울 전체"}</button>
  </div>`;
}

function legend(block, range) {
  if (block.legend?.length) {
    return html`<ul class="legend" aria-label=${`${pick(block, "metric")} ${unitText(block.unit, language())}`}>
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
  if (range.low === range.high) {
    return html`<p class="legend"><span>${language() === "en" ? "the same everywhere" : "모든 자치구가 같습니다"}</span><b>${figureText(range.low, block.unit, language())}</b></p>`;
  }
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
    const reach = 9 + 17 * (vector.speed / fastest);
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
      describe: (name, written) => `${written} ${number(vectors.get(name)?.speed)} ${unit}`,
      zoom: ctx.hero ? ctx.zoom : 1,
      selected: ctx.args?.district ?? null,
      onSelect: ctx.hero ? chooser(ctx, ctx.args?.district ?? null) : undefined,
      still: !ctx.hero,
      over: svg`<g class="winds" aria-hidden="true">${arrows}</g>`,
      className: "vectors",
    })}
    ${ctx.hero ? lookButtons() : nothing}
    <div class="legend ramp">
      <span>${language() === "en" ? "Temperature" : "기온"} ${range ? html`<b>${number(range.low)}°C</b>` : nothing}</span><i></i>
      <span>${range ? html`<b>${number(range.high)}°C</b>` : nothing}</span>
      <span class="with-arrow"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 21V4M6 10l6-6 6 6"></path></svg>${language() === "en" ? `where the wind blows, ${unit}` : `바람이 부는 쪽, ${unit}`}</span>
    </div>
  </div>`;
}

/** {flows: [{from, to, value}], unit}: arcs between districts, wide for much. */
export function flowMap(block, ctx) {
  const scale = labelScale(ctx.hero);
  const flows = [...(block.flows ?? [])].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const most = Math.max(1, ...flows.map(({ value }) => value ?? 0));
  const ranks = [];
  const arcs = flows.map((flow, index) => {
    const from = districtPoint(flow.from);
    const to = districtPoint(flow.to);
    if (!from || !to) return nothing;
    const bend = 0.22;
    const cx = (from[0] + to[0]) / 2 - (to[1] - from[1]) * bend;
    const cy = (from[1] + to[1]) / 2 + (to[0] - from[0]) * bend;
    const strong = index >= flows.length - 5;
    const width = 1.5 + 9 * ((flow.value ?? 0) / most);
    // The head of the arrow lies along the curve's end, short of the district's name.
    const [hx, hy] = [to[0] + (cx - to[0]) * 0.08, to[1] + (cy - to[1]) * 0.08];
    const turn = (Math.atan2(hy - cy, hx - cx) * 180) / Math.PI;
    const size = 5 + width * 1.1;
    if (strong) ranks.unshift([(from[0] + 2 * cx + to[0]) / 4, (from[1] + 2 * cy + to[1]) / 4]);
    return svg`<g class=${strong ? "flow strong" : "flow"}>
      <path d=${`M${from[0]} ${from[1]}Q${cx} ${cy} ${hx} ${hy}`} style=${styleMap({ strokeWidth: String(width) })}></path>
      <circle cx=${from[0]} cy=${from[1]} r=${2 + width / 2}></circle>
      <path class="head" transform=${`translate(${hx} ${hy}) rotate(${turn})`} d=${`M${size} 0L${-size * 0.7} ${-size * 0.8}L${-size * 0.3} 0L${-size * 0.7} ${size * 0.8}Z`}></path>
    </g>`;
  });
  const ends = new Set(flows.slice(-5).flatMap(({ from, to }) => [from, to]));
  const top = flows.slice(-5).reverse();
  return html`<div class="mapbox">
    ${seoulMap({
      title: pick(block, "title"),
      zoom: ctx.hero ? ctx.zoom : 1,
      under: svg`<g class="flows" aria-hidden="true">${arcs}</g>`,
      over: svg`<g class="ranks" aria-hidden="true" style=${styleMap({ fontSize: `${16 * scale}px` })}>${ranks.map(([x, y], index) => svg`<circle cx=${x} cy=${y} r=${14 * scale}></circle><text x=${x} y=${y + 5.6 * scale}>${index + 1}</text>`)}</g>`,
      bright: ends,
      labels: "quiet",
      className: "ground",
      fill: (name) => (ends.has(name) ? "color-mix(in oklab, var(--accent) 24%, var(--map-land))" : null),
      selected: ctx.args?.district ?? null,
      onSelect: ctx.hero ? chooser(ctx, ctx.args?.district ?? null) : undefined,
      still: !ctx.hero,
    })}
    ${ctx.hero ? lookButtons() : nothing}
    <ol class="toplist ranked">
      ${top.map((flow) => html`<li><span>${districtName(flow.from)} → ${districtName(flow.to)}</span><b>${figureText(flow.value, block.unit, language())}</b></li>`)}
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
  const district = ctx.args?.district ?? null;
  return html`<div class=${placed ? "pledge" : "pledge nomap"}>
    ${placed
      ? seoulMap({
          title: pick(block, "title"),
          fill: (name) => (counts[name] ? areaColor(counts[name], range) : "var(--map-land)"),
          value: (name) => (counts[name] ? `${counts[name].value}${language() === "en" ? "" : "건"}` : null),
          zoom: ctx.hero ? ctx.zoom : 1,
          selected: district,
          onSelect: ctx.hero ? chooser(ctx, district) : undefined,
          still: !ctx.hero,
        })
      : nothing}
    <div class="groups">
      ${placed && ctx.hero && district ? chosenBar(district, ctx) : nothing}
      ${groups.map((group) => pledgeGroup(group, groups.length > 3 ? 2 : 4, district))}
    </div>
  </div>`;
}

function pledgeGroup(group, most, district) {
  const total = Math.max(1, group.done + group.doing + group.planned);
  const part = (key) => (group[key] ? html`<i class=${key} style=${styleMap({ flexGrow: String(group[key]) })}></i>` : nothing);
  const items = district ? (group.items ?? []).filter((item) => item.district === district) : (group.items ?? []);
  return html`<section class=${district && !items.length ? "group away" : "group"}>
    <h3>${pick(group, "name")} <small>${Math.round((group.done / total) * 100)}% ${t("done")}</small></h3>
    <div class="stack" aria-hidden="true">${part("done")}${part("doing")}${part("planned")}</div>
    <p class="counts">
      ${["done", "doing", "planned"].map((key) => html`<span class=${key}>${t(key)} <b>${group[key]}</b></span>`)}
    </p>
    <ul>
      ${items.slice(0, most).map(
        (item) => html`<li>
          <span>${pick(item, "title")}${item.district ? html` <em>${pick(item, "district")}</em>` : nothing}</span>
          <i class="way" aria-hidden="true"><u style=${styleMap({ width: `${item.progress}%` })}></u></i>
          <b>${number(item.progress)}%</b>
        </li>`,
      )}
    </ul>
  </section>`;
}
