/** Time series as a custom element around uPlot, and small line drawings as SVG. */
import uPlot from "uplot";
import { svg } from "lit-html";
import { axisTime, clockTime, figure, moment, number } from "./format.js";
import { language } from "./i18n.js";

const cssColor = (name, element) => getComputedStyle(element).getPropertyValue(name).trim();
export const seriesColor = (index) => `--series-${(index % 8) + 1}`;

/** Ticks of a value axis as short as they can be: 12000000 -> "1,200만". */
const axisNumber = (value) => {
  const { text, unit } = figure(value, "", language());
  return text + unit;
};

/** `<seoula-lines>`: set `.chart = {x: [epoch_s], series: [{name, values, dashed}], unit}`; redraws in place on new data. */
class Lines extends HTMLElement {
  #plot = null;
  #chart = null;
  #shape = "";
  #watch = new ResizeObserver(() => this.#fit());

  set chart(chart) {
    if (this.#chart && chart.key === this.#chart.key && chart.x === this.#chart.x && chart.series === this.#chart.series) return;
    this.#chart = chart;
    if (this.isConnected) this.#draw();
  }

  connectedCallback() {
    this.setAttribute("role", "img");
    this.#watch.observe(this);
    if (this.#chart) this.#draw();
  }

  disconnectedCallback() {
    this.#watch.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
    this.#shape = "";
  }

  #fit() {
    if (!this.#chart) return;
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (this.#plot && this.#plot.rem === rem) this.#plot.setSize({ width, height });
    else this.#draw();
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    const { x, series, unit } = this.#chart;
    const data = [x, ...series.map(({ values }) => values)];
    this.setAttribute("aria-label", this.#words());
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const shape = `${series.map(({ name, dashed }) => `${name}${dashed}`).join("|")}/${x.length}/${unit}/${language()}/${rem}`;
    if (this.#plot && shape === this.#shape) {
      this.#plot.setData(data);
      return;
    }
    this.#plot?.destroy();
    this.#shape = shape;
    this.#plot = new uPlot(this.#options(width, height, rem), data, this);
    this.#plot.rem = rem;
  }

  #words() {
    const { x, series, unit } = this.#chart;
    return series
      .map(({ name, values }) => {
        const last = values.findLastIndex((value) => value !== null);
        return last < 0 ? name : `${name} ${number(values[last])} ${unit ?? ""} (${moment(x[last])})`;
      })
      .join(", ");
  }

  #options(width, height, rem) {
    const { x, series } = this.#chart;
    const text = cssColor("--text-2", this);
    // Whole px: uPlot multiplies by the screen's pixel ratio only what stands before "px" without a point.
    const font = `${Math.round(1.15 * rem)}px ${getComputedStyle(this).fontFamily}`;
    const grid = { stroke: cssColor("--hair", this), width: Math.max(1, rem / 12) };
    const flat = series.flatMap(({ values }) => values).filter(Number.isFinite);
    const low = flat.length ? Math.min(...flat) : 0;
    const high = flat.length ? Math.max(...flat) : 1;
    const fromZero = low >= 0 && low < high * 0.6;
    const pad = (high - low || Math.abs(high) || 1) * 0.14;
    return {
      width,
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 0.9 * rem } },
      padding: [0.8 * rem, 2.6 * rem, 0, 0.4 * rem],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Seoul"),
      scales: {
        x: { time: true },
        y: { range: (_, min, max) => (min === null ? [0, 1] : [fromZero ? 0 : min - pad, max + pad]) },
      },
      axes: [
        {
          stroke: text, font, gap: 0.5 * rem, size: 2.6 * rem, grid: { show: false }, ticks: { show: false }, space: 6.5 * rem,
          ...(x.length <= 24 && { splits: () => fewTicks(x, width / rem / 7) }),
          values: (_, splits, __, ___, step) => splits.map((at) => axisTime(at, x.length <= 24 ? dataStep(x) : step, language())),
        },
        { stroke: text, font, gap: 0.6 * rem, size: 4.8 * rem, grid, ticks: { show: false }, space: 3.6 * rem, values: (_, splits) => splits.map(axisNumber) },
      ],
      series: [
        { value: (_, at) => clockTime(at) },
        ...series.map(({ name, dashed }, index) => {
          const color = cssColor(seriesColor(index), this);
          return {
            label: name,
            stroke: color,
            width: (dashed ? 0.16 : 0.24) * rem,
            dash: dashed ? [0.5 * rem, 0.5 * rem] : undefined,
            fill: index === 0 && !dashed && series.length <= 2 ? (plot) => fade(plot, color) : undefined,
            points: { show: x.length <= 16 && !dashed, size: 0.8 * rem, fill: color },
            spanGaps: false,
          };
        }),
      ],
    };
  }
}

/** Seconds between neighbouring points. */
const dataStep = (x) => (x.length > 1 ? (x.at(-1) - x[0]) / (x.length - 1) : 86_400);

/** Ticks at the points themselves, as many as have room; the last one always. */
const fewTicks = (x, room) => {
  const every = Math.max(1, Math.ceil(x.length / Math.max(2, room)));
  return x.filter((_, index) => (x.length - 1 - index) % every === 0);
};

function fade(plot, color) {
  const { top, height } = plot.bbox;
  const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, `${color}4d`);
  gradient.addColorStop(1, `${color}05`);
  return gradient;
}

customElements.define("seoula-lines", Lines);

/** A tiny line without axes: values to an SVG path in a 100 x 30 box. Null values break the line. */
export function sparkPath(values) {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  let pen = "M";
  return values
    .map((value, index) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const point = `${pen}${((index / (values.length - 1)) * 100).toFixed(1)} ${(27 - ((value - low) / span) * 24).toFixed(1)}`;
      pen = "L";
      return point;
    })
    .join("");
}

/** The sparkline of a tile. */
export const spark = (values) => svg`<path class="spark-area" d=${`${sparkPath(values)}V30H0Z`}></path><path class="spark-line" d=${sparkPath(values)}></path>`;

/** The "d" of a ring's arc: from share a to share b of a full turn, radius r, around (cx, cy). */
export function arc(cx, cy, r, a, b) {
  const turn = Math.min(b - a, 0.99999);
  const at = (share) => [cx + r * Math.sin(2 * Math.PI * share), cy - r * Math.cos(2 * Math.PI * share)];
  const [x1, y1] = at(a);
  const [x2, y2] = at(a + turn);
  return `M${x1.toFixed(2)} ${y1.toFixed(2)}A${r} ${r} 0 ${turn > 0.5 ? 1 : 0} 1 ${x2.toFixed(2)} ${y2.toFixed(2)}`;
}

/**
 * Squarified treemap. Values (positive, any order) to boxes in per cent of an area `aspect` times as wide as high.
 * @returns {{x: number, y: number, w: number, h: number}[]} in the order of the values
 */
export function treemapBoxes(values, aspect = 1.6) {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const boxes = values.map(() => ({ x: 0, y: 0, w: 0, h: 0 }));
  if (total <= 0) return boxes;
  const order = values.map((_, index) => index).filter((index) => values[index] > 0).sort((a, b) => values[b] - values[a]);
  let [x, y, w, h] = [0, 0, aspect, 1];
  const scale = aspect / total;
  const worst = (row, side) => {
    const sum = row.reduce((all, index) => all + values[index] * scale, 0);
    return Math.max(...row.map((index) => Math.max((side * side * values[index] * scale) / sum ** 2, sum ** 2 / (side * side * values[index] * scale))));
  };
  while (order.length) {
    const side = Math.min(w, h);
    const row = [order.shift()];
    while (order.length && worst([...row, order[0]], side) <= worst(row, side)) row.push(order.shift());
    const depth = row.reduce((all, index) => all + values[index] * scale, 0) / side;
    let along = w >= h ? y : x;
    for (const index of row) {
      const length = (values[index] * scale) / depth;
      boxes[index] = w >= h ? { x, y: along, w: depth, h: length } : { x: along, y, w: length, h: depth };
      along += length;
    }
    if (w >= h) [x, w] = [x + depth, w - depth];
    else [y, h] = [y + depth, h - depth];
  }
  return boxes.map((box) => ({ x: (box.x / aspect) * 100, y: box.y * 100, w: (box.w / aspect) * 100, h: box.h * 100 }));
}

/**
 * Sankey: nodes in layers by their longest way from a source, ribbons in order. Sizes in a box of width x height.
 * A link that closes a circle is left out.
 */
export function sankeyLayout(nodes, links, { width = 1500, height = 520, gap = 14, thick = 18 } = {}) {
  const byId = new Map(nodes.map((node) => [node.id, { ...node, layer: 0, in: 0, out: 0 }]));
  const usable = links.filter(({ from, to, value }) => byId.has(from) && byId.has(to) && from !== to && value > 0);
  for (let pass = 0; pass < nodes.length; pass += 1) {
    for (const { from, to } of usable) {
      const next = byId.get(from).layer + 1;
      if (next > byId.get(to).layer && next < nodes.length) byId.get(to).layer = next;
    }
  }
  const flows = usable.filter(({ from, to }) => byId.get(from).layer < byId.get(to).layer);
  for (const { from, to, value } of flows) {
    byId.get(from).out += value;
    byId.get(to).in += value;
  }
  const used = [...byId.values()].filter((node) => node.in + node.out > 0);
  const depth = Math.max(1, ...used.map(({ layer }) => layer));
  const layers = Array.from({ length: depth + 1 }, (_, layer) => used.filter((node) => node.layer === layer));
  const size = (node) => Math.max(node.in, node.out);
  const scale = Math.min(
    ...layers.filter(({ length }) => length).map((layer) => (height - gap * (layer.length - 1)) / layer.reduce((sum, node) => sum + size(node), 0)),
  );
  for (const layer of layers) {
    const tall = layer.reduce((sum, node) => sum + size(node) * scale, 0) + gap * (layer.length - 1);
    let y = (height - tall) / 2;
    for (const node of layer) {
      Object.assign(node, { x: (node.layer / depth) * (width - thick), y, h: size(node) * scale, w: thick, outAt: y, inAt: y });
      y += node.h + gap;
    }
  }
  // Labels keep a line's distance even where nodes are thin.
  for (const layer of layers) {
    layer.forEach((node, index) => {
      const wanted = node.y + node.h / 2;
      node.labelY = index ? Math.max(wanted, layer[index - 1].labelY + 21) : wanted;
    });
    for (let index = layer.length - 1, floor = height + 8; index >= 0; index -= 1) {
      layer[index].labelY = Math.min(layer[index].labelY, floor);
      floor = layer[index].labelY - 21;
    }
  }
  const ribbons = [...flows]
    .sort((a, b) => byId.get(a.to).y - byId.get(b.to).y || byId.get(a.from).y - byId.get(b.from).y)
    .map((flow) => {
      const [from, to] = [byId.get(flow.from), byId.get(flow.to)];
      const h = flow.value * scale;
      const [y1, y2] = [from.outAt + h / 2, to.inAt + h / 2];
      from.outAt += h;
      to.inAt += h;
      const middle = (from.x + thick + to.x) / 2;
      return { ...flow, h, layer: from.layer, d: `M${from.x + thick} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}` };
    });
  return { nodes: used, ribbons, depth };
}
