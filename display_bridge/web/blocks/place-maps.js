/** Maps of places and lines: points, routes, heat, and the world. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { figureText } from "../format.js";
import { language, pick, t } from "../i18n.js";
import { placeLabels, seoul, seoulMap, zoomedBox } from "../map.js";
import { landDots } from "../worlddots.js";

const URGENCY = { alert: 0, warn: 1, ok: 2, off: 3 };
const urgency = (status) => URGENCY[status] ?? 2;
const LABELLED = 24;

/** {points: [{name_ko, x, y, value?, unit?, status?, detail_ko?}], legend?}: marks, the urgent and large ones named. */
export function pointMap(block, ctx) {
  const map = seoul();
  const points = [...(block.points ?? [])].filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const most = Math.max(0, ...points.map(({ value }) => value ?? 0));
  points.sort((a, b) => urgency(a.status) - urgency(b.status) || (b.value ?? 0) - (a.value ?? 0));
  const few = points.length <= 30;
  // A map beside the main block is about half as large: larger marks, fewer and larger names.
  const scale = ctx.hero ? 1 : 1.7;
  const placed = map
    ? points.map((point, index) => {
        const [x, y] = map.project(point.x, point.y);
        const grow = most > 0 && Number.isFinite(point.value) ? Math.sqrt(Math.max(0, point.value) / most) : 0.4;
        const r = few ? 5 + 8 * grow : points.length > 200 ? 2.5 + 3 * grow : 3.5 + 5 * grow;
        return { point, x, y, r: r * scale, text: index < (ctx.hero ? LABELLED : 6) ? pointText(point, few) : "" };
      })
    : [];
  const labels = map ? placeLabels(placed, map.viewBox, 16 * scale) : [];
  const marks = placed.map((mark, index) => pointMark(mark, labels[index], few)).reverse();
  return html`<div class="mapbox">
    ${seoulMap({
      title: `${pick(block, "title")} ${points.length}`,
      labels: ctx.hero ? "quiet" : "none",
      zoom: ctx.hero ? ctx.zoom : 1,
      selected: ctx.args?.district ?? null,
      over: svg`<g class="points" style=${styleMap({ fontSize: `${16 * scale}px` })}>${marks}</g>`,
      className: "ground",
    })}
    ${block.legend?.length
      ? html`<ul class="legend">
          ${block.legend.map((step) => html`<li><i class="swatch dot ${step.status ?? ""}" style=${styleMap(step.color ? { background: step.color } : {})}></i><span>${pick(step, "label")}</span></li>`)}
        </ul>`
      : nothing}
  </div>`;
}

const pointText = (point, few) =>
  pick(point, "name") + (few && Number.isFinite(point.value) ? ` ${figureText(point.value, point.unit, language())}` : "");

function pointMark({ point, x, y, r }, label, few) {
  const status = point.status ?? "ok";
  const words = [pick(point, "name"), point.value === undefined ? "" : figureText(point.value, point.unit, language()), pick(point, "detail")];
  return svg`<g class=${`point ${status}`} role="img" aria-label=${words.filter(Boolean).join(" ")}>
    ${status === "alert" ? svg`<circle class="ping" cx=${x} cy=${y} r=${r + 8}></circle>` : nothing}
    <circle class="mark" cx=${x} cy=${y} r=${r}></circle>
    ${status === "alert" || status === "warn" ? svg`<path class="bang" d=${`M${x} ${y - r * 0.5}v${r * 0.55}m0 ${r * 0.32}v.5`}></path>` : nothing}
    ${status === "off" ? svg`<path class="bang" d=${`M${x - r * 0.45} ${y - r * 0.45}l${r * 0.9} ${r * 0.9}`}></path>` : nothing}
    ${label
      ? svg`<text x=${label.x} y=${label.y} text-anchor=${label.anchor}>${pick(point, "name")}${
          few && Number.isFinite(point.value) ? svg` <tspan>${figureText(point.value, point.unit, language())}</tspan>` : nothing
        }</text>`
      : nothing}
  </g>`;
}

/** {lines: [{name_ko, color?, status?, value?, unit?, path, stops?}]}: routes with their stops and a key. */
export function lineMap(block, ctx) {
  const map = seoul();
  const lines = block.lines ?? [];
  // A colour that is the same everywhere tells nothing: then each line gets its own.
  const telling = new Set(lines.map(({ status }) => status)).size > 1;
  const color = (line, index) => line.color ?? (telling && line.status ? `var(--status-${line.status})` : `var(--series-${(index % 8) + 1})`);
  const d = (path) => path.map(([lon, lat], index) => `${index ? "L" : "M"}${map.project(lon, lat).map((v) => v.toFixed(1)).join(" ")}`).join("");
  const stops = map
    ? lines.flatMap((line, index) =>
        (line.stops ?? []).map((stop) => {
          const [x, y] = map.project(stop.x, stop.y);
          return { x, y, r: stop.interchange ? 5.5 : 3, stop, color: color(line, index), text: "" };
        }),
      )
    : [];
  const seen = new Set();
  const crowded = stops.length > 40;
  for (const one of stops) {
    const worth = one.stop.interchange || !crowded;
    if (worth && !seen.has(one.stop.name_ko)) one.text = pick(one.stop, "name");
    seen.add(one.stop.name_ko);
  }
  stops.sort((a, b) => Number(Boolean(b.stop.interchange)) - Number(Boolean(a.stop.interchange)));
  const labels = map ? placeLabels(stops, map.viewBox, 16) : [];
  const shapes = map
    ? svg`<g class="routes">
        ${lines.map((line) => svg`<path class="casing" d=${d(line.path ?? [])}></path>`)}
        ${lines.map((line, index) => svg`<path class=${`route ${line.status ?? ""}`} d=${d(line.path ?? [])} style=${styleMap({ stroke: color(line, index) })} role="img" aria-label=${pick(line, "name")}></path>`)}
        ${stops.map((one) => svg`<circle class=${one.stop.interchange ? "stop change" : "stop"} cx=${one.x} cy=${one.y} r=${one.r} style=${styleMap({ stroke: one.color })}></circle>`).reverse()}
        ${stops.map((one, index) => (labels[index] ? svg`<text x=${labels[index].x} y=${labels[index].y} text-anchor=${labels[index].anchor}>${one.text}</text>` : nothing))}
      </g>`
    : nothing;
  return html`<div class="mapbox">
    ${seoulMap({ title: pick(block, "title"), labels: stops.length ? "none" : "quiet", zoom: ctx.hero ? ctx.zoom : 1, over: shapes, className: "ground" })}
    <ul class="legend key-of-lines">
      ${lines.slice(0, 16).map(
        (line, index) => html`<li>
          <i class="stroke" style=${styleMap({ background: color(line, index) })}></i><span>${pick(line, "name")}</span>
          ${Number.isFinite(line.value) ? html`<b>${figureText(line.value, line.unit, language())}</b>` : nothing}
        </li>`,
      )}
    </ul>
  </div>`;
}

/** {cells: [{x, y, weight 0..1}], top}: light where there is much; the first places are listed. */
export function heatMap(block, ctx) {
  const map = seoul();
  const cells = map ? [...(block.cells ?? [])].sort((a, b) => a.weight - b.weight) : [];
  const radius = cells.length > 300 ? 22 : cells.length > 80 ? 34 : 52;
  const glows = cells.map((cell) => {
    const [x, y] = map.project(cell.x, cell.y);
    const level = Math.min(4, Math.floor(Math.max(0, cell.weight) * 5));
    return svg`<circle cx=${x.toFixed(1)} cy=${y.toFixed(1)} r=${(radius * (0.55 + 0.45 * cell.weight)).toFixed(1)} fill=${`url(#heat-${level})`}></circle>`;
  });
  const levels = [0, 1, 2, 3, 4].map(
    (level) => svg`<radialGradient id=${`heat-${level}`}>
      <stop offset="0" class=${`heat-stop heat-in-${level}`}></stop><stop offset="1" class=${`heat-stop heat-out-${level}`}></stop>
    </radialGradient>`,
  );
  return html`<div class="mapbox">
    ${seoulMap({ title: pick(block, "title"), labels: "quiet", zoom: ctx.hero ? ctx.zoom : 1, under: svg`<defs>${levels}</defs><g class="heat" aria-hidden="true">${glows}</g>`, className: "ground" })}
    ${block.top?.length
      ? html`<ol class="toplist">
          ${block.top.slice(0, 6).map((one) => html`<li><span>${pick(one, "name")}</span><b>${figureText(one.value, one.unit, language())}</b></li>`)}
        </ol>`
      : nothing}
  </div>`;
}

const WORLD = [0, 0, 1440, 540];
const WEST = -30;
let dots = null;

/** Longitude and latitude to the world map's units: the Pacific in the middle, 78 N to 57 S. */
export function worldPoint(lon, lat) {
  return [((((lon - WEST) % 360) + 360) % 360) * 4, (78 - lat) * 4];
}

/** {points: [{name_ko, country_ko, x, y, status?, detail_ko?}]}: the world in dots, places named, arcs from Seoul. */
export function worldMap(block, ctx) {
  dots ??= landDots()
    .map(([lon, lat]) => worldPoint(lon, lat))
    .map(([x, y]) => `M${x} ${y}h0`)
    .join("");
  const points = (block.points ?? []).map((point) => {
    const [x, y] = worldPoint(point.x, point.y);
    return { point, x, y, r: 6, text: [pick(point, "name"), point.country_ko].filter(Boolean).join(" · ") };
  });
  const labels = placeLabels(points, WORLD, 17);
  const [sx, sy] = worldPoint(126.98, 37.56);
  return html`<div class="mapbox">
    <svg class="world" viewBox=${zoomedBox(WORLD, ctx.hero ? ctx.zoom : 1, [sx, sy]).join(" ")} role="group" aria-label=${pick(block, "title")}>
      <path class="land" d=${dots} aria-hidden="true"></path>
      <g class="arcs" aria-hidden="true">
        ${points.map(({ x, y }) => svg`<path d=${`M${sx} ${sy}Q${(sx + x) / 2} ${Math.min(sy, y) - Math.abs(x - sx) * 0.18 - 10} ${x} ${y}`}></path>`)}
      </g>
      <g class="points">
        ${points.map(
          ({ point, x, y, r, text }, index) => svg`<g class=${`point ${point.status ?? "ok"}`} role="img" aria-label=${[text, pick(point, "detail")].filter(Boolean).join(" ")}>
            <circle class="mark" cx=${x} cy=${y} r=${r}></circle>
            ${labels[index] ? svg`<text x=${labels[index].x} y=${labels[index].y} text-anchor=${labels[index].anchor}>${text}</text>` : nothing}
          </g>`,
        )}
        <g class="seoul-pin" role="img" aria-label=${t("seoul")}><circle cx=${sx} cy=${sy} r="9"></circle><circle class="core" cx=${sx} cy=${sy} r="3.5"></circle></g>
      </g>
    </svg>
    ${ctx.alone && points.some(({ point }) => point.detail_ko)
      ? html`<ul class="toplist wide">
          ${points.slice(0, 12).map(({ point }) => html`<li><span>${pick(point, "name")}</span><b>${pick(point, "detail")}</b></li>`)}
        </ul>`
      : nothing}
  </div>`;
}
