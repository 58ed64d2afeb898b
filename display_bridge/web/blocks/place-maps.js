/** Maps of places and lines: points, routes, heat, and the world. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { figureText } from "../format.js";
import { language, pick, t } from "../i18n.js";
import { hexField } from "../heat.js";
import { icon } from "../icons.js";
import { coveredNames, labelScale, placeLabels, seoul, seoulMap, zoomedBox } from "../map.js";
import { lookButtons, pan } from "../pan.js";
import { landDots } from "../worlddots.js";
import { chooser } from "./district-maps.js";

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
  const scale = labelScale(ctx.hero);
  const named = scale > 1 ? 7 : LABELLED;
  const placed = map
    ? points.map((point, index) => {
        const [x, y] = map.project(point.x, point.y);
        const grow = most > 0 && Number.isFinite(point.value) ? Math.sqrt(Math.max(0, point.value) / most) : 0.4;
        // A place with nothing left is the one to find: its mark is not the smallest.
        const r = few ? 5 + 8 * (urgency(point.status) < 2 ? Math.max(0.5, grow) : grow) : points.length > 200 ? 2.5 + 3 * grow : 3.5 + 5 * grow;
        return { point, x, y, r: r * scale, text: index < named ? pointText(point, few && scale === 1) : "" };
      })
    : [];
  const chosen = placed.find(({ point }) => point.name_ko === ctx.args?.item);
  if (chosen) chosen.text = pick(chosen.point, "name");
  const labels = map ? placeLabels(chosen ? [chosen, ...placed.filter((one) => one !== chosen)] : placed, map.viewBox, 16 * scale) : [];
  if (chosen) labels.splice(placed.indexOf(chosen), 0, ...labels.splice(0, 1));
  const marks = placed.map((mark, index) => pointMark(mark, labels[index], few && scale === 1, ctx, mark === chosen)).reverse();
  const alone = placed.length === 1 && map;
  const selected = ctx.args?.district ?? block.district ?? null;
  return html`<div class="mapbox">
    ${seoulMap({
      title: `${pick(block, "title")} ${points.length}`,
      labels: ctx.hero || alone ? "quiet" : "none",
      zoom: ctx.hero ? ctx.zoom : 1,
      // One place alone is shown with its surroundings, not as a dot on all of Seoul.
      box: alone && !ctx.hero ? around(placed[0], map.viewBox) : undefined,
      middle: chosen ? [chosen.x, chosen.y] : undefined,
      selected,
      onSelect: ctx.hero ? chooser(ctx, selected) : undefined,
      still: !ctx.hero,
      hidden: coveredNames(placed, labels, 16 * scale),
      over: svg`<g class="points" style=${styleMap({ fontSize: `${16 * (alone && !ctx.hero ? 0.8 : scale)}px` })}>${marks}</g>`,
      className: "ground",
    })}
    ${ctx.hero ? lookButtons() : nothing}
    ${chosen && ctx.hero ? placeCard(chosen.point, ctx) : nothing}
    ${block.legend?.length
      ? html`<ul class="legend">
          ${block.legend.map((step) => html`<li><i class="swatch dot ${step.status ?? ""}" style=${styleMap(step.color ? { background: step.color } : {})}></i><span>${pick(step, "label")}</span></li>`)}
        </ul>`
      : nothing}
  </div>`;
}

const around = ({ x, y }, [, , width, height]) => {
  const [w, h] = [width * 0.5, height * 0.5];
  return [Math.max(0, Math.min(width - w, x - w / 2)), Math.max(0, Math.min(height - h, y - h / 2)), w, h];
};

/** What is known of the place that was touched. */
function placeCard(point, ctx) {
  const english = language() === "en";
  return html`<section class="place-card" aria-live="polite">
    <h3>${pick(point, "name")}</h3>
    ${Number.isFinite(point.value) ? html`<p class="amount">${figureText(point.value, point.unit, language())}</p>` : nothing}
    ${point.detail_ko ? html`<p>${pick(point, "detail")}</p>` : nothing}
    <button type="button" class="round" aria-label=${english ? "Close" : "닫기"} @click=${() => ctx.send("show", { panel: ctx.panel })}>${icon("close")}</button>
  </section>`;
}

const pointText = (point, few) =>
  pick(point, "name") + (few && Number.isFinite(point.value) ? ` ${figureText(point.value, point.unit, language())}` : "");

function pointMark({ point, x, y, r }, label, few, ctx, chosen) {
  const status = point.status ?? "ok";
  const choose = () => ctx.send(...(chosen ? ["show", { panel: ctx.panel }] : ["select", { item: point.name_ko }]));
  const press = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    choose();
  };
  const words = [pick(point, "name"), point.value === undefined ? "" : figureText(point.value, point.unit, language()), pick(point, "detail")];
  return svg`<g class=${`point ${status} ${chosen ? "chosen-one" : ""} ${ctx.hero ? "pressable" : ""}`} role=${ctx.hero ? "button" : "img"} tabindex=${ctx.hero ? "0" : nothing} aria-pressed=${ctx.hero ? String(Boolean(chosen)) : nothing} aria-label=${words.filter(Boolean).join(" ")} @click=${ctx.hero ? press : nothing} @keydown=${ctx.hero ? press : nothing}>
    ${ctx.hero ? svg`<circle class="touch" cx=${x} cy=${y} r=${Math.max(16, r + 6)}></circle>` : nothing}
    ${chosen ? svg`<circle class="halo-of-one" cx=${x} cy=${y} r=${r + 9}></circle>` : nothing}
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
  const telling = !lines.some((line) => line.color) && new Set(lines.map(({ status }) => status)).size > 1;
  const chosen = lines.some(({ name_ko: name }) => name === ctx.args?.item) ? ctx.args.item : null;
  const away = (line) => (chosen && line.name_ko !== chosen ? "away" : "");
  const color = (line, index) => line.color ?? (telling && line.status ? `var(--status-${line.status})` : `var(--series-${(index % 8) + 1})`);
  const d = (path) => path.map(([lon, lat], index) => `${index ? "L" : "M"}${map.project(lon, lat).map((v) => v.toFixed(1)).join(" ")}`).join("");
  const scale = labelScale(ctx.hero);
  const stops = map
    ? lines.flatMap((line, index) =>
        (line.stops ?? []).map((stop) => {
          const [x, y] = map.project(stop.x, stop.y);
          return { x, y, r: (stop.interchange ? 5.5 : 3) * Math.sqrt(scale), stop, color: color(line, index), text: "" };
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
  const labels = map ? placeLabels(stops, map.viewBox, 16 * scale) : [];
  const shapes = map
    ? svg`<g class="routes" style=${styleMap({ fontSize: `${16 * scale}px` })}>
        ${lines.map((line) => svg`<path class=${`casing ${away(line)}`} d=${d(line.path ?? [])}></path>`)}
        ${lines.map((line, index) => svg`<path class=${`route ${line.status ?? ""} ${away(line)}`} d=${d(line.path ?? [])} style=${styleMap({ stroke: color(line, index) })} role="img" aria-label=${pick(line, "name")}></path>`)}
        ${stops.map((one) => svg`<circle class=${one.stop.interchange ? "stop change" : "stop"} cx=${one.x} cy=${one.y} r=${one.r} style=${styleMap({ stroke: one.color })}></circle>`).reverse()}
        ${stops.map((one, index) => (labels[index] ? svg`<text x=${labels[index].x} y=${labels[index].y} text-anchor=${labels[index].anchor}>${one.text}</text>` : nothing))}
      </g>`
    : nothing;
  return html`<div class="mapbox">
    ${seoulMap({ title: pick(block, "title"), labels: stops.length ? "none" : "quiet", zoom: ctx.hero ? ctx.zoom : 1, over: shapes, namesOver: true, className: "ground lined", still: !ctx.hero })}
    ${ctx.hero ? lookButtons() : nothing}
    <ul class="legend key-of-lines">
      ${lines.slice(0, 16).map((line, index) => {
        const content = html`<i class="stroke" style=${styleMap({ background: color(line, index) })}></i><span>${pick(line, "name")}</span>
          ${Number.isFinite(line.value) ? html`<b>${figureText(line.value, line.unit, language())}</b>` : nothing}`;
        if (!ctx.hero) return html`<li>${content}</li>`;
        const on = line.name_ko === chosen;
        return html`<li><button type="button" aria-pressed=${String(on)} @click=${() => ctx.send(...(on ? ["show", { panel: ctx.panel }] : ["select", { item: line.name_ko }]))}>${content}</button></li>`;
      })}
    </ul>
    ${telling ? html`<p class="legend of-speed">${speedKey(lines)}</p>` : nothing}
  </div>`;
}

const SPEEDS = { ok: ["원활", "flowing"], warn: ["서행", "slow"], alert: ["정체", "jammed"] };

const speedKey = (lines) =>
  Object.entries(SPEEDS)
    .filter(([status]) => lines.some((line) => line.status === status))
    .map(([status, words]) => html`<span><i class="stroke" style=${styleMap({ background: `var(--status-${status})` })}></i>${words[language() === "en" ? 1 : 0]}</span>`);

const HEAT_STEPS = 6;

/** {cells: [{x, y, weight 0..1}], top}: how much there is around each spot, as a field of hexagons; the first are named. */
export function heatMap(block, ctx) {
  const map = seoul();
  const spots = map ? (block.cells ?? []).map((cell) => [...map.project(cell.x, cell.y), cell.weight]) : [];
  const field = map ? hexField(spots, map.viewBox, { steps: HEAT_STEPS }) : { radius: 0, cells: [] };
  const top = block.top ?? [];
  const scale = labelScale(ctx.hero);
  const named = map
    ? top.slice(0, ctx.hero ? 5 : 3).flatMap((one, index) => {
        const cell = block.cells.find(({ name_ko: name }) => name === one.name_ko);
        if (!cell) return [];
        const [x, y] = map.project(cell.x, cell.y);
        return [{ x, y, r: 13 * scale, text: pick(one, "name"), rank: index + 1, value: figureText(one.value, one.unit, language()) }];
      }).filter(({ x, y, r }, index, all) => all.slice(0, index).every((above) => Math.hypot(above.x - x, above.y - y) > 1.7 * r))
    : [];
  const size = 17 * scale;
  const labels = map ? placeLabels(named, map.viewBox, size) : [];
  const hex = hexPath(field.radius * 0.94);
  return html`<div class="mapbox">
    ${seoulMap({
      title: pick(block, "title"),
      labels: "quiet",
      zoom: ctx.hero ? ctx.zoom : 1,
      still: !ctx.hero,
      className: "ground",
      under: map
        ? svg`<clipPath id="in-seoul"><path d=${map.outline}></path></clipPath>
          <g class="hexes" clip-path="url(#in-seoul)" aria-hidden="true">${field.cells.map(({ x, y, step }) => svg`<path class=${`hex-${step}`} transform=${`translate(${x} ${y})`} d=${hex}></path>`)}</g>`
        : nothing,
      hidden: coveredNames(named, labels, size),
      over: svg`<g class="spots" style=${styleMap({ fontSize: `${size}px` })}>${named.map(
        (one, index) => svg`<g role="img" aria-label=${`${one.text} ${one.value}`}>
          <circle cx=${one.x} cy=${one.y} r=${one.r}></circle><text class="rank" x=${one.x} y=${one.y + size * 0.34}>${one.rank}</text>
          ${labels[index] ? svg`<text x=${labels[index].x} y=${labels[index].y} text-anchor=${labels[index].anchor}>${one.text}</text>` : nothing}
        </g>`,
      )}</g>`,
    })}
    ${ctx.hero ? lookButtons() : nothing}
    <div class="legend steps" aria-hidden="true">
      <span>${language() === "en" ? "few" : "적음"}</span>${Array.from({ length: HEAT_STEPS }, (_, step) => html`<i class=${`hex-${step + 1}`}></i>`)}<span>${language() === "en" ? "many" : "많음"}</span>
    </div>
    ${top.length && ctx.hero && ctx.alone
      ? html`<ol class="toplist ranked">
          ${top.slice(0, 6).map((one) => html`<li><span>${pick(one, "name")}</span><b>${figureText(one.value, one.unit, language())}</b></li>`)}
        </ol>`
      : nothing}
  </div>`;
}

const hexPath = (r) => `M${[0, 1, 2, 3, 4, 5].map((side) => [r * Math.sin((side * Math.PI) / 3), -r * Math.cos((side * Math.PI) / 3)].map((part) => part.toFixed(1)).join(" ")).join("L")}Z`;

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
    return { point, x, y, r: 6, text: [pick(point, "name"), pick(point, "country")].filter(Boolean).join(" · ") };
  });
  const labels = placeLabels(points, WORLD, 17);
  const [sx, sy] = worldPoint(126.98, 37.56);
  return html`<div class="mapbox">
    <svg class="map world" viewBox=${WORLD.join(" ")} ${pan(zoomedBox(WORLD, ctx.hero ? ctx.zoom : 1, [sx, sy]))} tabindex="0" role="group" aria-label=${pick(block, "title")}>
      <path class="land" d=${dots} aria-hidden="true"></path>
      <g class="arcs" aria-hidden="true">
        ${points.map(({ x, y }) => svg`<path d=${`M${sx} ${sy}Q${(sx + x) / 2} ${Math.min(sy, y) - Math.abs(x - sx) * 0.18 - 10} ${x} ${y}`}></path>`)}
      </g>
      <g class="points">
        ${points.map(
          ({ point, x, y, r, text }, index) => svg`<g class=${`point ${point.status ?? "ok"} ${point.name_ko === ctx.args?.item ? "chosen-one" : ""}`} role="img" aria-label=${[text, pick(point, "detail")].filter(Boolean).join(" ")}>
            <circle class="mark" cx=${x} cy=${y} r=${r}></circle>
            ${labels[index] ? svg`<text x=${labels[index].x} y=${labels[index].y} text-anchor=${labels[index].anchor}>${text}</text>` : nothing}
          </g>`,
        )}
        <g class="seoul-pin" role="img" aria-label=${t("seoul")}><circle cx=${sx} cy=${sy} r="9"></circle><circle class="core" cx=${sx} cy=${sy} r="3.5"></circle></g>
      </g>
    </svg>
    ${ctx.hero ? lookButtons() : nothing}
    ${ctx.alone && points.some(({ point }) => point.detail_ko)
      ? html`<ul class="toplist wide">
          ${points.slice(0, 12).map(({ point }) => html`<li><span>${pick(point, "name")}</span><b>${pick(point, "detail")}</b></li>`)}
        </ul>`
      : nothing}
  </div>`;
}
