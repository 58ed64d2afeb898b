/** The map of Seoul as SVG: districts as cut paper, the river, and whatever a block lays over them. */
import { html, nothing, svg } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import { classMap } from "lit-html/directives/class-map.js";
import { language, t } from "./i18n.js";
import { pan } from "./pan.js";

let map = null;
let problem = null;

/** Fetch the map once. Rejects never: a missing map leaves a notice where it would stand. */
export async function loadMap(url = "/web-data/seoul-map.json") {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status}`);
    map = readMap(await response.json());
    problem = null;
  } catch (error) {
    problem = String(error?.message ?? error);
  }
  return map !== null;
}

/** The document of scripts/build_map.py with districts by Korean name and a `project(lon, lat)` to SVG units. */
export function readMap(document) {
  const { lon0, m0, k } = document.projection;
  const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
  return {
    ...document,
    byName: new Map(document.districts.map((district) => [district.ko, district])),
    project: (lon, lat) => [(lon - lon0) * k, (m0 - mercator(lat)) * k],
  };
}

/** The loaded map, or null. */
export const seoul = () => map;

/** A district's name in the current language. */
export const districtName = (name) => (language() === "en" && map?.byName.get(name)?.en) || name;

/** "종로구" -> "종로"; "중구" stays. */
export const shortName = (name) => (name.length > 2 && name.endsWith("구") ? name.slice(0, -1) : name);

const districtLabel = (district) =>
  language() === "en" ? district.en.replace(/-gu$/, "") : shortName(district.ko);

const STAGE_ASPECT = 2.4;

/** The viewBox for a zoom factor around a point: as wide as the stage, never past the map's edge where it is larger. */
export function zoomedBox([, , width, height], factor, [cx, cy] = [width / 2, height / 2]) {
  const scale = Math.max(1, Math.min(6, factor || 1));
  if (scale === 1) return [0, 0, width, height];
  const h = height / scale;
  const w = h * STAGE_ASPECT;
  const inside = (middle, part, whole) =>
    part >= whole ? (whole - part) / 2 : Math.max(0, Math.min(whole - part, middle - part / 2));
  return [inside(cx, w, width), inside(cy, h, height), w, h].map((part) => Math.round(part * 10) / 10);
}

/**
 * Draw the map.
 * @param {{title: string, fill?: (name: string) => string|null, value?: (name: string) => string|null,
 *   describe?: (name: string, written: string) => string, labels?: "full"|"quiet"|"none", selected?: string|null, zoom?: number,
 *   compared?: string[], middle?: [number, number], box?: number[], still?: boolean, hidden?: Set<string>, bright?: Set<string>, onSelect?: (name: string) => void, over?: unknown, namesOver?: boolean, under?: unknown, className?: string}} options
 */
export function seoulMap(options) {
  if (!map) return html`<p class="notice">${problem ? t("noMap") : t("loading")}</p>`;
  const { selected = null, labels = "full", zoom = 1 } = options;
  const chosen = selected ? map.byName.get(selected) : null;
  const box = options.box ?? zoomedBox(map.viewBox, zoom, options.middle ?? chosen?.label);
  const others = (options.compared ?? []).map((name) => map.byName.get(name)).filter((one) => one && one !== chosen);
  const districts = chosen ? [...map.districts.filter((one) => one !== chosen), chosen] : map.districts;
  const names = labels === "none" ? nothing : svg`<g class="names" aria-hidden="true">${districts.filter(({ ko }) => !options.hidden?.has(ko)).map((one) => districtText(one, { ...options, labels }))}</g>`;
  return html`<svg
    class="map seoul ${options.className ?? ""} labels-${labels} ${options.box ? "cropped" : ""}"
    viewBox=${map.viewBox.join(" ")}
    ${pan(box)}
    role="group"
    tabindex=${options.still ? nothing : "0"}
    aria-label=${options.title}
    style=${styleMap({ "--zoom": String(Math.max(1, zoom || 1)) })}
  >
    <g class="relief" aria-hidden="true">
      <path class="sheet sheet-3" d=${map.outline} transform="translate(0 16)"></path>
      <path class="sheet sheet-2" d=${map.outline} transform="translate(0 8)"></path>
      <path class="halo halo-3" d=${map.outline}></path>
      <path class="halo halo-2" d=${map.outline}></path>
      <path class="halo halo-1" d=${map.outline}></path>
    </g>
    <g class="districts">${districts.map((district) => districtShape(district, options))}</g>
    <g class="river" aria-hidden="true">
      <path class="bed" d=${map.river.path}></path>
      <path class="water" d=${map.river.path}></path>
      <path class="shine" d=${map.river.path}></path>
    </g>
    ${others.map((one) => svg`<path class="chosen beside" d=${one.path} aria-hidden="true"></path>`)}
    ${chosen ? svg`<path class="chosen" d=${chosen.path} aria-hidden="true"></path>` : nothing}
    ${options.under ?? nothing}
    ${options.namesOver ? nothing : names}
    ${options.over ?? nothing}
    ${options.namesOver ? names : nothing}
  </svg>`;
}

function districtShape(district, { fill, describe, onSelect, selected }) {
  const color = fill?.(district.ko) ?? null;
  const name = language() === "en" ? district.en : district.ko;
  const label = describe?.(district.ko, name) ?? name;
  const press = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onSelect?.(district.ko);
  };
  return svg`<path
    class=${classMap({ district: true, colored: color !== null, selected: selected === district.ko, pressable: Boolean(onSelect) })}
    d=${district.path}
    style=${styleMap(color === null ? {} : { fill: color })}
    role=${onSelect ? "button" : "img"}
    tabindex=${onSelect ? "0" : nothing}
    aria-label=${label}
    aria-pressed=${onSelect ? String(selected === district.ko) : nothing}
    @click=${press}
    @keydown=${press}
  ></path>`;
}

function districtText(district, { value, labels, bright }) {
  const [x, y] = district.label;
  const text = labels === "full" ? (value?.(district.ko) ?? null) : null;
  return svg`<text class=${bright?.has(district.ko) ? "name bright" : "name"} x=${x} y=${text === null ? y + 5 : y - 3}>${districtLabel(district)}</text>
    ${text === null ? nothing : svg`<text class="value" x=${x} y=${y + 16}>${text}</text>`}`;
}

/** Where a district's label stands, in SVG units; null for a name that is not on the map. */
export const districtPoint = (name) => map?.byName.get(name)?.label ?? null;

/** How much larger marks and labels are drawn: a map beside the main block, or on a phone, is small. */
export const labelScale = (hero) => (!hero || (globalThis.innerWidth ?? 1920) <= 900 ? 1.7 : 1);

/** The districts whose quiet name lies under a mark or a label: they give way to it. */
export function coveredNames(points, labels, size) {
  if (!map) return new Set();
  const boxes = points.flatMap((point, index) => {
    const mark = [point.x - point.r, point.y - point.r, point.x + point.r, point.y + point.r];
    const label = labels[index];
    if (!label) return [mark];
    const width = textWidth(point.text, size);
    const left = { start: label.x, end: label.x - width, middle: label.x - width / 2 }[label.anchor];
    return [mark, [left, label.y - size, left + width, label.y + size * 0.3]];
  });
  const under = ({ label: [x, y], ko }) => {
    const half = shortName(ko).length * 8.5 + 2;
    return boxes.some(([a, b, c, d]) => a < x + half && c > x - half && b < y + 7 && d > y - 9);
  };
  return new Set(map.districts.filter(under).map(({ ko }) => ko));
}

const textWidth = (text, size) =>
  [...text].reduce((sum, letter) => sum + (/[\u1100-\uFFFF]/.test(letter) ? 0.92 : 0.56), 0) * size;

/**
 * Put labels beside points without overlap; those that find no free place are left out (later ones first).
 * @param {{x: number, y: number, r: number, text: string}[]} points in order of importance, SVG units
 * @returns {({x: number, y: number, anchor: "start"|"end"|"middle"}|null)[]} one per point
 */
export function placeLabels(points, [bx, by, width, height], size = 15) {
  const taken = points.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
  const clear = (one, self) =>
    one[0] >= bx && one[1] >= by && one[2] <= bx + width && one[3] <= by + height &&
    taken.every((box, index) => index === self || one[2] < box[0] || one[0] > box[2] || one[3] < box[1] || one[1] > box[3]);
  return points.map(({ x, y, r, text }, index) => {
    if (!text) return null;
    const w = textWidth(text, size);
    const gap = r + 5;
    const tries = [
      { x: x + gap, y: y + size * 0.35, anchor: "start", box: [x + gap, y - size * 0.6, x + gap + w, y + size * 0.5] },
      { x: x - gap, y: y + size * 0.35, anchor: "end", box: [x - gap - w, y - size * 0.6, x - gap, y + size * 0.5] },
      { x, y: y - gap, anchor: "middle", box: [x - w / 2, y - gap - size, x + w / 2, y - gap + 2] },
      { x, y: y + gap + size * 0.8, anchor: "middle", box: [x - w / 2, y + gap, x + w / 2, y + gap + size] },
    ];
    const found = tries.find(({ box }) => clear(box, index));
    if (!found) return null;
    taken.push(found.box);
    return { x: found.x, y: found.y, anchor: found.anchor };
  });
}
