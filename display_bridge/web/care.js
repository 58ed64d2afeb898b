/** Moves and dims the page of a screen that burns day and night. The only module of the care that touches the page. */
import { serverNow } from "./clock.js";
import { careOf, levelAt, shiftAt } from "./burnin.js";
import { alerted, talking } from "./use.js";

export const CARED = new Set(["wall", "tv", "kiosk"]);
const KEY = "seoula.care";
const TICK_MS = 1000;
const STILL_S = 60;

/** Whether somebody calls, or is talked with: a screen that rings, or shows a meeting, is looked at. */
const calling = () => Boolean(globalThis.document?.querySelector?.(".call-layer :is(.call-view, .call-card, .call-line)"));

/** What the service told last, so that a screen that starts without it keeps its night. */
function remembered(storage) {
  try {
    return JSON.parse(storage.getItem(KEY));
  } catch {
    return null;
  }
}

export class Care {
  #care;
  #wokenAt = -Infinity;
  #touchedAt = -Infinity;
  #root;
  #storage;
  #still;
  #shift = { x: 0, y: 0 };

  /** still: whether its owner asks for less motion; then the picture moves only while nobody is at it. */
  constructor(root, storage, still = () => matchMedia("(prefers-reduced-motion: reduce)").matches) {
    this.#root = root;
    this.#storage = storage;
    this.#still = still;
    this.#care = careOf(remembered(storage));
  }

  begin(store) {
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.touch(), true);
    store.subscribe(({ state, local }) => this.follow(state, local));
    this.tick();
    setInterval(() => this.tick(), TICK_MS);
  }

  /** The settings of a welcome. */
  told(care) {
    if (!care) return;
    this.#care = careOf(care);
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.#care));
    } catch {
      // Without a storage the screen has its settings from the next welcome on.
    }
    this.tick();
  }

  touch(now = serverNow()) {
    this.#touchedAt = now;
    this.#wake(now);
  }

  /** What everybody must see, and a talk, bring the light back. */
  follow(state, local, now = serverNow()) {
    if (alerted(state) || talking(state, local)) this.#wake(now);
  }

  #wake(now) {
    this.#wokenAt = now;
    this.tick(now);
  }

  tick(now = serverNow()) {
    const { style } = this.#root;
    if (calling()) this.#wokenAt = now;
    const quiet = now - this.#touchedAt >= STILL_S;
    if (quiet || !this.#still()) this.#shift = shiftAt(now, this.#care);
    const { x, y } = this.#shift;
    const dark = 1 - levelAt(now, this.#care, this.#wokenAt);
    for (const [name, value] of [["--care-x", `${x}px`], ["--care-y", `${y}px`], ["--care-dark", dark.toFixed(2)]]) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
  }
}
