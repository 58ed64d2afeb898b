/** When a connection that does not carry any more is mended, and when it is given up. Pure: states in, orders out. */

/** Seconds a connection may be "disconnected" before it is mended: a moment of bad radio heals by itself. */
export const MEND_AFTER_S = 5;
/** Seconds after it failed, mended in vain, when the call is given up. */
export const GIVE_UP_S = 15;

export class Recovery {
  #timer = null;
  #end = null;

  /** deps: {mend, giveUp, later(seconds, action), cancel(timer)} */
  constructor(deps) {
    this.deps = deps;
  }

  /** The state of ICE: new, checking, connected, completed, disconnected, failed or closed. */
  state(ice) {
    if (ice === "connected" || ice === "completed" || ice === "closed") return this.stop();
    if (ice === "disconnected") {
      if (!this.#timer) this.#timer = this.deps.later(MEND_AFTER_S, () => this.#mend());
    } else if (ice === "failed") this.#mend();
  }

  /** The network is there again: mended at once when it was broken. */
  online(ice) {
    if (ice === "disconnected" || ice === "failed") this.#mend();
  }

  stop() {
    this.deps.cancel(this.#timer);
    this.deps.cancel(this.#end);
    this.#timer = this.#end = null;
  }

  #mend() {
    this.deps.cancel(this.#timer);
    this.#timer = null;
    if (!this.#end) this.#end = this.deps.later(GIVE_UP_S, () => this.deps.giveUp());
    this.deps.mend();
  }
}
