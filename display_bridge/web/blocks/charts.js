/** Figures and charts: kpi, line, bar, donut, gauge, treemap, sankey, word cloud. */
import { html, nothing, svg } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { styleMap } from "lit-html/directives/style-map.js";
import { arc, sankeyLayout, seriesColor, treemapBoxes } from "../charts.js";
import { figure, figureText, number, unitText } from "../format.js";
import { gradeWord, language, pick, t } from "../i18n.js";
import { cloudBox, placeWords } from "../wordcloud.js";

const gradeClass = (grade) => (grade ? `grade ${grade.replace("_", "-")}` : "");

/** The written grade on its colour. */
export const gradeChip = (grade) => (gradeWord(grade) ? html`<span class=${gradeClass(grade)}>${gradeWord(grade)}</span>` : nothing);

/** A figure in large type with its unit. */
export function bigFigure(value, unit, text) {
  if (text) return html`<p class="figure worded" style=${styleMap({ "--len": String(text.length * 1.6) })}><b>${text}</b></p>`;
  const shown = figure(value, unit, language());
  return html`<p class="figure" style=${styleMap({ "--len": String(shown.text.length + shown.unit.length * 0.4) })}><b>${shown.text}</b><span>${shown.unit}</span></p>`;
}

/** {items: [{label_ko, value, unit, grade?, delta?, delta_label_ko?, target?, panel?}]} */
export function kpi(block, ctx) {
  const items = block.items ?? [];
  return html`<ul class=${`kpis n${Math.min(items.length, 8)} ${items.length > 8 ? "many" : ""} ${ctx.slot}`}>
    ${items.map(
      (item) => html`<li class="kpi">
        <h3>${item.panel ? html`<button type="button" class="go" @click=${() => ctx.send("show", { panel: item.panel })}>${pick(item, "label")}</button>` : pick(item, "label")}</h3>
        ${bigFigure(item.value, item.unit, pick(item, "text") || undefined)}
        ${item.grade || item.delta !== undefined || item.delta_label_ko
          ? html`<p class="note">${gradeChip(item.grade)} ${delta(item)}</p>`
          : nothing}
        ${aimed(item) ? target(item) : items.length > 8 && items.some(aimed) ? html`<div class="target none"></div>` : nothing}
      </li>`,
    )}
  </ul>`;
}

const aimed = ({ target, value }) => Number.isFinite(target) && Number.isFinite(value);

function delta(item) {
  const label = pick(item, "delta_label");
  if (!Number.isFinite(item.delta)) return label ? html`<span>${label}</span>` : nothing;
  const way = item.delta > 0 ? "up" : item.delta < 0 ? "down" : "same";
  const mark = { up: "▲", down: "▼", same: "＝" }[way];
  return html`<span>${label}</span> <b class=${`delta ${way}`}>${mark} ${number(Math.abs(item.delta))}</b>`;
}

function target(item) {
  // Whether more or less is better is not known here: value and target share one scale, and only a way still to go is counted.
  const whole = Math.max(item.value, item.target, Number.MIN_VALUE);
  const words = language() === "en" ? "Target" : "목표";
  return html`<div class="target" role="img" aria-label=${`${words} ${figureText(item.target, item.unit, language())}`}>
    <i style=${styleMap({ width: `${Math.max(0, item.value / whole) * 100}%` })}></i>
    <em style=${styleMap({ left: `${(item.target / whole) * 100}%` })}></em>
    <small><span>${words} ${figureText(item.target, item.unit, language())}</span>${item.value <= item.target ? html`<b>${Math.round((item.value / whole) * 100)}%</b>` : nothing}</small>
  </div>`;
}

/** {unit, x: [epoch_s], series: [{name_ko, values}], compare?}: the last of several series is dashed when it is a comparison. */
export function lineChart(block, ctx) {
  const series = (block.series ?? []).map((one, index, all) => ({
    name: pick(one, "name"),
    values: one.values ?? [],
    dashed: all.length > 1 && ((Boolean(block.compare) && index === all.length - 1) || /^(목표|계획|target)/i.test(one.name_ko ?? "")),
  }));
  const last = (values) => values.findLast((value) => Number.isFinite(value));
  if (!block.x?.length || !series.length) return html`<p class="notice">${t("noData")}</p>`;
  return html`<div class="lines">
    <ul class="key">
      ${series.map(
        (one, index) => html`<li class=${one.dashed ? "dashed" : ""}>
          <i style=${styleMap({ "--c": `var(${seriesColor(index)})` })}></i><span>${one.name}</span>
          <b>${figureText(last(one.values), "", language())}</b>
        </li>`,
      )}
    </ul>
    <seoula-lines .chart=${memoChart(block, series, ctx)}></seoula-lines>
  </div>`;
}

const charts = new WeakMap();

/** One chart object per block object: an unchanged block does not redraw its canvas. */
function memoChart(block, series) {
  const known = charts.get(block);
  if (known?.key === language()) return known;
  const chart = { x: block.x, series, unit: unitText(block.unit, language()), key: language() };
  charts.set(block, chart);
  return chart;
}

/** {unit, bars: [{label_ko, value, grade?}], select?: "district"|"item"}: a bar opens what it stands for. */
export function barChart(block, ctx) {
  const bars = block.bars ?? [];
  if (bars.length > 2 && bars.every(({ value }) => !value)) {
    return html`<p class="notice calm">${language() === "en" ? "Nothing anywhere now" : "지금은 모두 0입니다"} <small>${unitText(block.unit, language())}</small></p>`;
  }
  const open = (bar) => (block.select === "district" ? ctx.send("select_district", { district: bar.label_ko }) : ctx.send("select", { item: bar.label_ko }));
  const most = Math.max(0, ...bars.map(({ value }) => Math.abs(value ?? 0))) || 1;
  const widest = Math.max(0, ...bars.map((bar) => [...pick(bar, "label")].reduce((sum, letter) => sum + (/[\u1100-\uFFFF]/.test(letter) ? 0.95 : 0.58), 0)));
  return html`<ol class=${`bars ${bars.length > 14 ? "dense" : ""}`} style=${styleMap({ "--label": `${Math.min(9.5, widest + 0.2)}em` })} data-scroll>
    ${bars.map(
      (bar) => html`<li class=${[ctx.args?.district, ctx.args?.item].includes(bar.label_ko) ? "chosen" : ""}>
        ${block.select ? html`<button type="button" class="label" @click=${() => open(bar)}>${pick(bar, "label")}</button>` : html`<span class="label">${pick(bar, "label")}</span>`}
        <span class="track"><i class=${gradeClass(bar.grade)} style=${styleMap({ width: `${(Math.abs(bar.value ?? 0) / most) * 100}%` })}></i></span>
        <b>${figureText(bar.value, "", language())}</b>
        ${bar.grade ? html`<small>${gradeWord(bar.grade)}</small>` : nothing}
      </li>`,
    )}
  </ol>`;
}

/** {unit, slices: [{label_ko, value}]} */
export function donut(block) {
  const slices = (block.slices ?? []).filter(({ value }) => value > 0);
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  if (!total) return html`<p class="notice">${t("noData")}</p>`;
  let from = 0;
  const whole = figure(total, block.unit, language());
  const percent = /%/.test(block.unit ?? "");
  const lead = slices.reduce((best, one) => (one.value > best.value ? one : best));
  return html`<div class="donut">
    <svg viewBox="0 0 200 200" role="img" aria-label=${slices.map((one) => `${pick(one, "label")} ${Math.round((one.value / total) * 100)}%`).join(", ")}>
      <circle class="track" cx="100" cy="100" r="80"></circle>
      ${slices.map((slice, index) => {
        const start = from;
        from += slice.value / total;
        const inset = slices.length > 1 ? 0.003 : 0;
        return svg`<path d=${arc(100, 100, 80, start + inset, Math.max(start + inset + 0.001, from - inset))} style=${styleMap({ stroke: `var(${seriesColor(index)})` })}></path>`;
      })}
      <text class="whole" x="100" y="104" style=${styleMap({ fontSize: `${Math.min(34, 150 / (percent ? 3 : whole.text.length + 1))}px` })}>${percent ? `${Math.round((lead.value / total) * 100)}%` : whole.text}</text>
      <text class="unit" x="100" y="126">${percent ? pick(lead, "label") : whole.unit}</text>
    </svg>
    <ul class="key column">
      ${slices.map(
        (slice, index) => html`<li>
          <i style=${styleMap({ "--c": `var(${seriesColor(index)})` })}></i><span>${pick(slice, "label")}</span>
          <b>${Math.round((slice.value / total) * 1000) / 10}%</b>
        </li>`,
      )}
    </ul>
  </div>`;
}

/** {value, min, max, unit, label_ko, bands?: [{from, to, label_ko?, grade?, color?}]} */
export function gauge(block) {
  const { min = 0, max = 100 } = block;
  const share = (value) => Math.max(0, Math.min(1, (value - min) / (max - min || 1)));
  const sweep = (value) => 0.625 + 0.75 * share(value);
  const shown = figure(block.value, block.unit, language());
  const bands = block.bands ?? [];
  const current = bands.find(({ from, to }) => block.value >= (from ?? -Infinity) && block.value < (to ?? Infinity));
  const end = (value) => (Math.abs(value) >= 1000 ? figureText(value, "", language()) : number(value));
  return html`<div class="gauge">
    <svg viewBox="0 0 240 222" role="img" aria-label=${`${pick(block, "label")} ${shown.text} ${shown.unit}`}>
      <path class="track" d=${arc(120, 120, 92, 0.625, 1.375)}></path>
      <path class="fill" d=${arc(120, 120, 92, 0.625, Math.max(0.63, sweep(block.value ?? min)))}></path>
      ${bands.map((band) => svg`<path class=${`band ${gradeClass(band.grade)}`} style=${styleMap(band.color ? { stroke: band.color } : {})} d=${arc(120, 120, 110, sweep(band.from ?? min) + 0.003, sweep(band.to ?? max) - 0.003)}></path>`)}
      <text class="whole" x="120" y="128" style=${styleMap({ fontSize: `${Math.min(46, 190 / Math.max(3, shown.text.length))}px` })}>${shown.text}</text>
      <text class="unit" x="120" y="156">${shown.unit}</text>
      ${Number.isFinite(block.target) ? svg`<path class="goal" d=${arc(120, 120, 92, sweep(block.target) - 0.004, sweep(block.target) + 0.004)}></path>` : nothing}
      <text class="end" x="52" y="214">${end(min)}</text><text class="end" x="188" y="214">${end(max)}</text>
    </svg>
    <p>${pick(block, "label")} ${current?.label_ko && current.grade ? html`<span class=${gradeClass(current.grade)}>${pick(current, "label")}</span>` : current?.grade ? gradeChip(current.grade) : current?.label_ko ? html`<b>${pick(current, "label")}</b>` : nothing}</p>
  </div>`;
}

/** {unit, items: [{label_ko, value, detail_ko?}]} */
export function treemap(block, ctx) {
  const items = block.items ?? [];
  const boxes = treemapBoxes(items.map(({ value }) => value ?? 0), (globalThis.innerWidth ?? 1920) <= 900 ? 0.74 : ctx.hero ? 1.7 : 1.3);
  const total = items.reduce((sum, { value }) => sum + Math.max(0, value ?? 0), 0) || 1;
  return html`<ul class="treemap">
    ${items.map((item, index) => {
      const { x, y, w, h } = boxes[index];
      const size = w * h > 900 ? "large" : w * h > 220 && w > 9 ? "middle" : w * h > 45 && w > 7 ? "small" : "tiny";
      if (size === "tiny") return html`<li class="tiny" style=${styleMap({ left: `${x}%`, top: `${y}%`, width: `${w}%`, height: `${h}%`, "--c": `var(${seriesColor(index)})` })} aria-label=${`${pick(item, "label")} ${figureText(item.value, block.unit, language())}`}><div></div></li>`;
      return html`<li class=${size} style=${styleMap({ left: `${x}%`, top: `${y}%`, width: `${w}%`, height: `${h}%`, "--c": `var(${seriesColor(index)})` })}>
        <div>
          <h3>${pick(item, "label")}</h3>
          <p><b>${figureText(item.value, block.unit, language())}</b> <small>${Math.round(((item.value ?? 0) / total) * 1000) / 10}%</small></p>
          ${size !== "small" && item.detail_ko ? html`<p class="detail">${pick(item, "detail")}</p>` : nothing}
        </div>
      </li>`;
    })}
  </ul>`;
}

/** {unit, nodes: [{id, label_ko}], links: [{from, to, value}]} */
export function sankey(block) {
  const { nodes, ribbons, depth } = sankeyLayout(block.nodes ?? [], block.links ?? []);
  return html`<svg class="sankey" viewBox="-250 -36 2010 572" role="img" aria-label=${pick(block, "title")}>
    <g class="ribbons">
      ${ribbons.map((ribbon) => svg`<path d=${ribbon.d} style=${styleMap({ strokeWidth: String(Math.max(1, ribbon.h)), stroke: `var(${seriesColor(nodes.findIndex(({ id }) => id === ribbon.from))})` })}></path>`)}
    </g>
    ${nodes.map((node, index) => {
      const last = node.layer === depth;
      const first = node.layer === 0;
      const between = !first && !last;
      const x = first ? node.x - 10 : last ? node.x + node.w + 10 : node.x + node.w / 2;
      return svg`<g>
        <rect x=${node.x} y=${node.y} width=${node.w} height=${Math.max(2, node.h)} rx="3" style=${styleMap({ fill: `var(${seriesColor(index)})` })}></rect>
        <text class=${between ? "middle" : ""} x=${x} y=${between ? node.y - 12 : node.labelY + 6} text-anchor=${first ? "end" : between ? "middle" : "start"}>${pick(node, "label")}<tspan class="value" dx="8">${figureText(Math.max(node.in, node.out), block.unit, language())}</tspan></text>
      </g>`;
    })}
  </svg>`;
}

/** {words: [{text, weight 0..1}]} */
export function wordCloud(block) {
  const words = placeWords((block.words ?? []).map((word) => ({ ...word, text: pick(word, "text") })));
  return html`<svg class="words" viewBox=${cloudBox(words).join(" ")} role="list" aria-label=${pick(block, "title")}>
    ${repeat(words, ({ text }) => text, (word, index) => svg`<text role="listitem" x=${word.x} y=${word.y} style=${styleMap({ fontSize: `${word.size}px`, fill: index < 3 ? "var(--accent)" : index < 9 ? "var(--text)" : "var(--text-2)" })}>${word.text}</text>`)}
  </svg>`;
}
