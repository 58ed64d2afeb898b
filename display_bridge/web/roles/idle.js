/** When a citizens' screen that was left alone asks, and when it goes home. Pure: the caller brings the clock. */

export const QUIET_S = 60;
/** WCAG 2.2.1 asks for at least 20 s in which a simple action extends the time. */
export const WARNING_S = 30;

export class Idle {
  #since;

  constructor(now) {
    this.#since = now;
  }

  /** Somebody is there: the time starts anew, as often as they like. */
  touch(now) {
    this.#since = now;
  }

  /** {phase: "active"|"warning"|"over", left: whole seconds until the return}. */
  at(now) {
    const left = Math.max(0, Math.ceil(this.#since + QUIET_S + WARNING_S - now));
    if (now - this.#since < QUIET_S) return { phase: "active", left };
    return { phase: left > 0 ? "warning" : "over", left };
  }
}
