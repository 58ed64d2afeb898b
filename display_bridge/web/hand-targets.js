/** What a hand can choose on the page: measured as a finger would find it, and pressed as a finger would press it. */
import { targetOf } from "./hand-motion.js";

export const MOST = 200;
/** The arrows of lists stand above dialogs, too, and belong to the lists in them. */
const ARROW = ".hand-arrow";
const CHOOSABLE = "button:not(:disabled), a[href]:not([target]), summary, select:not(:disabled), textarea:not(:disabled), input:not([type=hidden]):not(:disabled), [role=button][tabindex='0'], [role=option], [role=tab]";
/** Nobody types a PIN in the air, where others see it. */
const NEVER = ".pin *";
const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select";
/** Where a shape is looked for that is not in the middle of its own rectangle: a district, a ring. */
const PLACES = [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.25], [0.5, 0.75]];

export class HandTargets {
  #names = new WeakMap();
  #elements = new Map();
  #count = 0;
  #root;

  constructor(root = document) {
    this.#root = root;
  }

  /** The targets [name, left, top, right, bottom] of now, at most MOST. Behind a dialog there are none. */
  measure(size = [innerWidth, innerHeight]) {
    const found = [];
    const elements = new Map();
    for (const element of this.#within()) {
      const rect = this.#hit(element, size);
      const target = rect && targetOf(this.#nameOf(element), rect, size);
      if (!target) continue;
      elements.set(target[0], element);
      if (found.push(target) >= MOST) break;
    }
    this.#elements = elements;
    return found;
  }

  /** The element of a target that is still there; else what lies at the place, if it can be chosen; or null. */
  at(name, x, y, size = [innerWidth, innerHeight]) {
    const named = this.#elements.get(name);
    if (named?.isConnected && this.#hit(named, size) && this.#within().includes(named)) return named;
    if (name) return null; // what was meant has gone: nothing else is meant
    const lies = this.#root.elementFromPoint(x * size[0], y * size[1])?.closest(CHOOSABLE);
    return lies && this.#within().includes(lies) ? lies : null;
  }

  element(name) {
    return this.#elements.get(name) ?? null;
  }

  #within() {
    const dialogs = [...this.#root.querySelectorAll("[aria-modal=true], dialog[open]")].filter((one) => one.getClientRects().length);
    const roots = dialogs.length ? dialogs : [this.#root];
    const arrows = dialogs.length ? [...this.#root.querySelectorAll(ARROW)] : [];
    return [...arrows, ...roots.flatMap((one) => [...one.querySelectorAll(CHOOSABLE)].filter((its) => !its.matches(NEVER)))];
  }

  /** The part of the screen where a finger would press this element; null where it would press another one. */
  #hit(element, [width, height]) {
    const rect = element.getBoundingClientRect();
    if (rect.width < 8 || rect.height < 8 || rect.right < 0 || rect.bottom < 0 || rect.left > width || rect.top > height) return null;
    for (const [n, [across, down]] of PLACES.entries()) {
      const [x, y] = [rect.left + rect.width * across, rect.top + rect.height * down];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const on = this.#root.elementFromPoint(x, y);
      if (!on || !(element.contains(on) || on.closest(CHOOSABLE) === element)) continue;
      if (n === 0) return rect;
      const [half, tall] = [rect.width / 6, rect.height / 6];
      return { left: x - half, right: x + half, top: y - tall, bottom: y + tall };
    }
    return null;
  }

  #nameOf(element) {
    if (!this.#names.has(element)) this.#names.set(element, `t${(this.#count = (this.#count + 1) % 1e9)}`);
    return this.#names.get(element);
  }
}

/** Press an element where it lies, as a touch does. */
export function press(element, x, y) {
  if (element.matches(TYPED)) element.focus({ preventScroll: true });
  element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, view: window, clientX: x, clientY: y, detail: 1 }));
}
