/** The motion mouse on a wall: the ring that fills while a hand is held up, the cursor, what it has snapped to, and the
 *  press. Drawn beside the page, above everything; nothing of it lies in the page's state. */
import { serverNow } from "./clock.js";
import { counts, follow, Glide, scrolled, standing } from "./hand-motion.js";
import { HandTargets, press } from "./hand-targets.js";
import { language } from "./i18n.js";

const MEASURE_MS = 250;
const STEP_MS = 1000;
const RING = 100;
const ARROWS = { up: "M5.5 14.5L12 8l6.5 6.5", down: "M5.5 9.5L12 16l6.5-6.5" };
const HAND = "M8 12V6a1.3 1.3 0 0 1 2.6 0v5M10.6 10V4.5a1.3 1.3 0 0 1 2.6 0V10M13.2 10.5V6a1.3 1.3 0 0 1 2.6 0v7.5c0 4-2 7-5.3 7-3 0-4.3-2-6-5.5-.6-1.300.9-2.200 1.800-1.200L8 15.5";
const say = (ko, en) => (language() === "en" ? en : ko);

const MARKUP = `
  <div class="hand-snap"></div>
  <div class="hand-cursor" hidden><svg viewBox="0 0 64 64"><circle class="ground" cx="32" cy="32" r="22"/><circle class="rim" cx="32" cy="32" r="22"/>
    <circle class="dwell" cx="32" cy="32" r="28" pathLength="${RING}"/><g transform="translate(15 15) scale(1.4)"><path d="${HAND}"/></g></svg><i></i></div>
  <p class="hand-hint" role="status" aria-live="polite"></p>`;

export class Hands {
  #acting = false;
  #aim;
  #announced = "";
  #arrows = new Map();
  #frame = 0;
  #glide = new Glide();
  #hand = null;
  #heldFor = null;
  #last = "";
  #measured = 0;
  #parts;
  #targets = new HandTargets();
  #touched;
  #woken;

  /** aim: tells the service what can be chosen; touched: a hand has pressed something, as a finger would;
   *  woken: somebody begins to hold a hand up, and has to see the screen. */
  constructor({ aim, touched, woken = () => {} }) {
    this.#aim = aim;
    this.#touched = touched;
    this.#woken = woken;
    const root = Object.assign(document.createElement("div"), { className: "hands", innerHTML: MARKUP });
    document.body.append(root);
    const part = (name) => root.querySelector(name);
    this.#parts = { root, cursor: part(".hand-cursor"), ring: part(".dwell"), snap: part(".hand-snap"), hint: part(".hand-hint") };
  }

  /** How what is sent just now came: "hands" while a hand presses, else undefined. */
  get by() {
    return this.#acting ? "hands" : undefined;
  }

  /** A passing message of the service. */
  message(message) {
    if (message.t === "select") return this.#select(message);
    if (message.t !== "hands") return;
    const now = performance.now() / 1000;
    if (message.phase !== this.#hand?.phase) {
      this.#heldFor = null;
      if (message.phase !== "off") this.#woken();
    }
    this.#hand = follow(this.#hand, message, now);
    if (message.phase === "engaged" && message.x !== undefined) this.#glide.tell(message.x, message.y, now, Boolean(message.target));
    if (message.phase !== "engaged") this.#glide.forget();
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** The link has broken: nobody knows where the hand is. */
  lost() {
    if (this.#hand) this.message({ t: "hands", phase: "off" });
  }

  #draw() {
    this.#frame = 0;
    const now = performance.now() / 1000;
    const hand = this.#hand;
    const is = standing(hand, now);
    const { root, cursor, ring, snap } = this.#parts;
    if (root.dataset.phase !== is) this.#show(is);
    this.#fill(is === "raising" ? hand.progress : is === "off" ? 0 : 1);
    if (is === "off") {
      this.#hand = null;
      this.#glide.forget();
      this.#clear();
      return;
    }
    if (hand.lead && now * 1000 - this.#measured >= MEASURE_MS) this.#measure(now * 1000);
    const place = is === "raising" ? null : this.#glide.place(now);
    cursor.hidden = !place;
    if (place) {
      cursor.style.transform = `translate3d(${(place[0] * innerWidth).toFixed(1)}px, ${(place[1] * innerHeight).toFixed(1)}px, 0)`;
      cursor.dataset.hand = hand.hand ?? "right";
      cursor.dataset.seen = hand.seen ?? "";
      const element = hand.target ? this.#targets.element(hand.target) : null;
      ring.style.strokeDashoffset = String(RING * (1 - (element ? hand.dwell ?? 0 : 0)));
      this.#snap(snap, element);
      this.#scroll(element, now);
    }
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Another phase: the icon changes with the page's own attribute, and it is said. */
  #show(is) {
    this.#parts.root.dataset.phase = document.body.dataset.hand = is;
    const told = is === "pale" ? "engaged" : is;
    if (told === this.#announced) return;
    this.#announced = told;
    this.#parts.hint.textContent = {
      raising: say("손을 그대로 들고 계세요", "Keep your hand up"),
      engaged: say("손을 움직여 고르세요 · 엄지와 검지를 붙이거나 잠시 머물면 선택", "Move your hand · pinch or stay to choose"),
      off: "",
    }[told];
    if (told === "engaged") setTimeout(() => this.#announced === "engaged" && (this.#parts.hint.textContent = ""), 6000);
  }

  /** The ring of the icon in the bar. */
  #fill(share) {
    const ring = document.querySelector(".hand-tool .left");
    const offset = String(RING * (1 - share));
    if (ring && ring.style.strokeDashoffset !== offset) ring.style.strokeDashoffset = offset;
  }

  #clear() {
    this.#parts.cursor.hidden = true;
    this.#snap(this.#parts.snap, null);
    for (const arrow of this.#arrows.values()) arrow.remove();
    this.#arrows.clear();
    this.#last = "";
    this.#measured = 0;
  }

  #snap(snap, element) {
    if (!element?.isConnected) return void snap.classList.remove("on");
    const { left, top, width, height } = element.getBoundingClientRect();
    snap.classList.add("on");
    Object.assign(snap.style, { transform: `translate(${left}px, ${top}px)`, width: `${width}px`, height: `${height}px` });
  }

  #measure(at) {
    this.#measured = at;
    this.#place();
    const targets = this.#targets.measure();
    const text = JSON.stringify(targets);
    if (text !== this.#last && this.#aim(targets)) this.#last = text;
  }

  /** Arrows at the ends of lists that go on: what rests on one moves the list. */
  #place() {
    const dialogs = document.querySelectorAll("[aria-modal=true], dialog[open]");
    const lists = [...document.querySelectorAll("[data-scroll], [aria-modal=true], .sheet-body, .panel-tiles")].filter(
      (one) => one.scrollHeight > one.clientHeight + 8 && one.clientHeight > 80 && /auto|scroll/.test(getComputedStyle(one).overflowY)
        && (!dialogs.length || [...dialogs].some((dialog) => dialog.contains(one))));
    const wanted = new Map();
    lists.slice(0, 4).forEach((list, n) => {
      if (list.scrollTop > 4) wanted.set(`${n}up`, [list, "up"]);
      if (list.scrollTop + list.clientHeight < list.scrollHeight - 4) wanted.set(`${n}down`, [list, "down"]);
    });
    for (const [key, arrow] of this.#arrows) {
      if (wanted.get(key)?.[0] === arrow.list) continue;
      arrow.remove();
      this.#arrows.delete(key);
    }
    for (const [key, [list, way]] of wanted) {
      const arrow = this.#arrows.get(key) ?? this.#arrow(list, way);
      this.#arrows.set(key, arrow);
      const rect = list.getBoundingClientRect();
      if (!arrow.isConnected) this.#parts.root.append(arrow);
      arrow.style.left = `${rect.left + rect.width / 2}px`;
      arrow.style.top = `${way === "up" ? rect.top + 28 : rect.bottom - 28}px`;
    }
  }

  #arrow(list, way) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "hand-arrow", tabIndex: -1, list, way });
    made.setAttribute("aria-hidden", "true");
    made.innerHTML = `<svg viewBox="0 0 24 24"><path d="${ARROWS[way]}"/></svg>`;
    made.addEventListener("click", () => list.scrollBy({ top: (way === "up" ? -0.8 : 0.8) * list.clientHeight }));
    return made;
  }

  #scroll(element, now) {
    if (!element?.classList.contains("hand-arrow")) return void (this.#heldFor = null);
    this.#heldFor = this.#heldFor?.element === element ? this.#heldFor : { element, since: now, at: now };
    const by = scrolled(Math.min(0.1, now - this.#heldFor.at), now - this.#heldFor.since) * element.list.clientHeight;
    this.#heldFor.at = now;
    if (by) element.list.scrollTop += element.way === "up" ? -by : by;
  }

  #select(message) {
    if (!counts(message, serverNow()) || this.#hand?.phase !== "engaged" || !this.#hand.lead) return;
    const element = this.#targets.at(message.target, message.x, message.y);
    const { cursor } = this.#parts;
    cursor.classList.remove("pressed", "missed");
    void cursor.offsetWidth;
    cursor.classList.add(element ? "pressed" : "missed");
    setTimeout(() => cursor.classList.remove("pressed", "missed"), STEP_MS);
    if (!element) return;
    // What rests on an arrow already moves its list.
    if (message.by === "dwell" && element.classList.contains("hand-arrow")) return;
    this.#touched();
    this.#acting = true;
    try {
      press(element, message.x * innerWidth, message.y * innerHeight);
    } finally {
      this.#acting = false;
    }
    this.#measured = 0;
  }
}
