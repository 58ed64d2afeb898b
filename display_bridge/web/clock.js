/** Time on the page: elements that keep themselves current, on the server's clock. */
import { ago, clockTime, duration, longDate } from "./format.js";
import { language } from "./i18n.js";

let offset = 0;
const ticking = new Set();

/** Server clock minus this machine's clock, seconds; from the welcome message. */
export const setOffset = (seconds) => {
  offset = Number.isFinite(seconds) ? seconds : 0;
};

/** Now on the server's clock, epoch seconds. */
export const serverNow = () => Date.now() / 1000 + offset;

const tick = () => {
  for (const element of ticking) element.tick();
  setTimeout(tick, 1000 - (((serverNow() * 1000) % 1000) + 1000) % 1000 + 4);
};

class Ticking extends HTMLElement {
  connectedCallback() {
    ticking.add(this);
    this.tick();
  }

  disconnectedCallback() {
    ticking.delete(this);
  }

  write(text) {
    if (this.textContent !== text) this.textContent = text;
  }
}

/** `<seoula-clock part="date|time">` */
class Clock extends Ticking {
  tick() {
    const now = serverNow();
    this.write(this.getAttribute("part") === "date" ? longDate(now, language()) : clockTime(now));
  }
}

/** `<seoula-countdown until="epoch seconds">`: what is left, never below zero. */
class Countdown extends Ticking {
  static observedAttributes = ["until"];

  attributeChangedCallback() {
    if (this.isConnected) this.tick();
  }

  tick() {
    this.write(duration(Number(this.getAttribute("until")) - serverNow(), language()));
  }
}

/** `<seoula-ago at="epoch seconds">`: how long ago. */
class Ago extends Ticking {
  static observedAttributes = ["at"];

  attributeChangedCallback() {
    if (this.isConnected) this.tick();
  }

  tick() {
    this.write(ago(serverNow() - Number(this.getAttribute("at")), language()));
  }
}

/** Register the elements and start the one timer of the page. */
export function startClock() {
  customElements.define("seoula-clock", Clock);
  customElements.define("seoula-countdown", Countdown);
  customElements.define("seoula-ago", Ago);
  tick();
}
