/** Looking closer at a map by wheel, pinch, drag and keys: this screen's own view, within what all screens show. */
import { html } from "lit-html";
import { directive, PartType } from "lit-html/directive.js";
import { AsyncDirective } from "lit-html/async-directive.js";
import { icon } from "./icons.js";
import { language } from "./i18n.js";

const MOST = 8;
const MOVED = 6;
const STEP = 1.5;

/** A box scaled by `factor` about a point in it (shares 0..1), kept inside `whole` and no smaller than 1/MOST of it. */
export function scaledBox([x, y, w, h], factor, [px, py], whole) {
  const least = whole[2] / MOST;
  const width = Math.min(whole[2], Math.max(least, w / factor));
  // The shape is that of the whole: rounding must not add up over many steps.
  const height = (whole[3] / whole[2]) * width;
  return insideBox([x + (w - width) * px, y + (h - height) * py, width, height], whole);
}

/** A box moved back inside another one. */
export function insideBox([x, y, w, h], [wx, wy, ww, wh]) {
  const inside = (at, size, from, room) => (size >= room ? from + (room - size) / 2 : Math.min(from + room - size, Math.max(from, at)));
  return [inside(x, w, wx, ww), inside(y, h, wy, wh), w, h].map((part) => Math.round(part * 10) / 10);
}

const boxOf = (svg) => svg.getAttribute("viewBox").split(" ").map(Number);

class Pan extends AsyncDirective {
  constructor(info) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error("pan() belongs on an element");
  }

  render() {}

  update(part, [shared]) {
    if (this.svg !== part.element) {
      this.unlisten?.();
      this.svg = part.element;
      this.listen();
    }
    const box = shared.join(" ");
    if (box !== this.shared) {
      // All screens moved: what this one looked at by itself ends.
      this.shared = box;
      this.svg.setAttribute("viewBox", box);
      this.whole = shared;
      this.tell();
    }
  }

  listen() {
    const { svg } = this;
    const pointers = new Map();
    let dragged = false;
    const share = (event) => {
      const rect = svg.getBoundingClientRect();
      return [(event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height];
    };
    const wheel = (event) => {
      if (!event.ctrlKey && !event.shiftKey && !this.near && event.deltaY > 0) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, share(event));
    };
    const down = (event) => {
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      dragged = false;
    };
    const move = (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = [event.clientX, event.clientY];
      if (pointers.size === 1) {
        if (!this.near || (!dragged && Math.hypot(now[0] - before[0], now[1] - before[1]) < MOVED)) return;
        if (!dragged) svg.setPointerCapture(event.pointerId);
        dragged = true;
        this.drag(now[0] - before[0], now[1] - before[1]);
      } else {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const apart = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]);
        if (apart(before) > 0) this.zoom(apart(now) / apart(before), share(event));
        dragged = true;
      }
      pointers.set(event.pointerId, now);
    };
    const up = (event) => pointers.delete(event.pointerId);
    const click = (event) => {
      // The end of a drag chooses nothing.
      if (dragged) event.stopPropagation();
      dragged = false;
    };
    const key = (event) => {
      if (event.target !== svg && event.target.closest?.("[role=button]") !== event.target) return;
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.key === "+" || event.key === "=") this.zoom(STEP);
      else if (event.key === "-") this.zoom(1 / STEP);
      else if (event.key === "0") this.reset();
      else if (event.key in moves && this.near) this.drag(...moves[event.key].map((part) => -60 * part));
      else return;
      event.preventDefault();
    };
    const asked = (event) => (event.detail === 0 ? this.reset() : this.zoom(event.detail));
    const all = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: up, keydown: key, look: asked };
    for (const [name, handler] of Object.entries(all)) svg.addEventListener(name, handler);
    svg.addEventListener("wheel", wheel, { passive: false });
    svg.addEventListener("click", click, { capture: true });
    this.unlisten = () => {
      for (const [name, handler] of Object.entries(all)) svg.removeEventListener(name, handler);
      svg.removeEventListener("wheel", wheel);
      svg.removeEventListener("click", click, { capture: true });
    };
  }

  get near() {
    return boxOf(this.svg)[2] < this.whole[2] - 0.5;
  }

  zoom(factor, at = [0.5, 0.5]) {
    this.set(scaledBox(boxOf(this.svg), factor, at, this.whole));
  }

  reset() {
    this.set(this.whole);
  }

  drag(dx, dy) {
    const [x, y, w, h] = boxOf(this.svg);
    const rect = this.svg.getBoundingClientRect();
    const unit = Math.max(w / rect.width, h / rect.height);
    this.set(insideBox([x - dx * unit, y - dy * unit, w, h], this.whole));
  }

  set(box) {
    this.svg.setAttribute("viewBox", box.join(" "));
    this.tell();
  }

  tell() {
    const near = this.near;
    this.svg.classList.toggle("near", near);
    this.svg.style.setProperty("--near", String(this.whole[2] / boxOf(this.svg)[2]));
  }

  disconnected() {
    this.unlisten?.();
  }

  reconnected() {
    this.listen();
  }
}

/** On an svg element: its viewBox follows `shared`, and this screen's own zooming and moving within it. */
export const pan = directive(Pan);

/** The buttons beside a map: closer, further, all of it. */
export function lookButtons() {
  const english = language() === "en";
  const look = (factor) => (event) =>
    event.currentTarget.closest(".mapbox, .pledge, .mosaic-map")?.querySelector("svg.map")?.dispatchEvent(new CustomEvent("look", { detail: factor }));
  const button = (name, words, factor) =>
    html`<button type="button" class="round" aria-label=${words} title=${words} @click=${look(factor)}>${icon(name)}</button>`;
  return html`<div class="look" role="group" aria-label=${english ? "Map" : "지도"}>
    ${button("plus", english ? "Closer" : "지도 확대", STEP)} ${button("minus", english ? "Further" : "지도 축소", 1 / STEP)}
    ${button("whole", english ? "Whole map" : "지도 전체", 0)}
  </div>`;
}
