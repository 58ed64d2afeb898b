/** The arithmetic of the hand's cursor: smooth between what the camera tells, and never far behind it. Pure. */

/** Seconds in which two thirds of a step are gone; in a frame of 60 Hz it is nearly four fifths. */
const EASE_S = 0.011;
/** Between two words of the camera the cursor goes on as it went, for half of the time until the next one. */
const AHEAD = 0.5;
const LONGEST_GAP_S = 0.1;
/** Slower than this (screen widths a second) is resting: nothing is guessed. */
const RESTING = 0.05;

/** Places are x, y in 0..1 of the screen, times seconds of any clock. */
export class Glide {
  #at = null;
  #drawn = null;
  #gap = 0;
  #goal = null;
  #speed = [0, 0];
  #value = null;

  /** The camera's next word. held: the cursor has snapped to something and rests there. */
  tell(x, y, at, held = false) {
    const before = this.#goal;
    this.#speed = [0, 0];
    if (before && at > this.#at) {
      this.#gap = Math.min(at - this.#at, LONGEST_GAP_S);
      const speed = [(x - before[0]) / (at - this.#at), (y - before[1]) / (at - this.#at)];
      if (!held && at - this.#at <= LONGEST_GAP_S && Math.hypot(...speed) > RESTING) this.#speed = speed;
    }
    this.#goal = [x, y];
    this.#at = at;
    this.#value ??= [x, y];
    this.#drawn ??= at;
  }

  /** Where to draw it now; null before the first word. */
  place(now) {
    if (!this.#goal) return null;
    const ahead = Math.min(Math.max(0, now - this.#at), AHEAD * this.#gap);
    const share = 1 - Math.exp(-Math.max(0, now - this.#drawn) / EASE_S);
    this.#drawn = now;
    this.#value = this.#value.map((value, n) => {
      const goal = Math.min(1, Math.max(0, this.#goal[n] + this.#speed[n] * ahead));
      return value + (goal - value) * share;
    });
    return this.#value;
  }

  /** The next word is taken as it is. */
  forget() {
    this.#goal = this.#value = this.#drawn = null;
    this.#speed = [0, 0];
    this.#gap = 0;
  }
}

/** What the page shows after a word of the service. at: seconds of the page's clock. */
export function follow(before, message, at) {
  const hand = { phase: "off", progress: 0, target: null, dwell: 0, lead: false, ...message, at };
  if (hand.phase === "engaged" && message.x === undefined && before?.phase === "engaged") return { ...before, ...message, at };
  return hand;
}

/** Seconds without a word: the cursor pales, then goes. A hand that is lowered tells nothing for a while. */
export const PALE_S = 0.4;
export const GONE_S = 2.5;

/** "off", "raising", "engaged", or "pale" for a cursor of which nothing is heard. */
export function standing(hand, now) {
  if (!hand || hand.phase === "off" || now - hand.at > GONE_S) return "off";
  return hand.phase === "engaged" && now - hand.at > PALE_S ? "pale" : hand.phase;
}

/** Whether what a hand chose still counts: an older choice must not press anything any more. Times: epoch seconds. */
export const counts = (message, now) => typeof message.at !== "number" || Math.abs(now - message.at) <= 1;

const round = (value) => Math.round(value * 1e4) / 1e4;

/** A rectangle {left, top, right, bottom} in CSS pixels as a target [name, left, top, right, bottom], cut to the screen;
 *  null for what is not on it, or too small to be meant. */
export function targetOf(name, rect, [width, height]) {
  const [left, right] = [Math.max(0, rect.left), Math.min(width, rect.right)];
  const [top, bottom] = [Math.max(0, rect.top), Math.min(height, rect.bottom)];
  if (right - left < 8 || bottom - top < 8) return null;
  return [name, round(left / width), round(top / height), round(right / width), round(bottom / height)];
}

/** How far a list is to be moved in `seconds`, in its own heights: slowly at first, so that one line can be met. */
export const scrolled = (seconds, held) => (held < 0.35 ? 0 : Math.min(1.2, 0.3 + (held - 0.35) * 0.6) * seconds);
