/** The ring of a console, made by the browser itself: no file, and as loud as the device goes. */

/** Tones: [Hz, start s, length s, loudness 0..1]. period: seconds until they begin again. */
export const RINGS = {
  call: {
    period: 2.4,
    tones: [[784, 0, 0.16, 0.5], [988, 0.17, 0.16, 0.5], [1175, 0.34, 0.3, 0.55], [784, 0.9, 0.16, 0.5], [988, 1.07, 0.16, 0.5], [1175, 1.24, 0.34, 0.55]],
  },
  /** A disaster calls: two tones that cut through an office. */
  urgent: {
    period: 1.2,
    tones: [[740, 0, 0.18, 0.7], [1109, 0.19, 0.18, 0.7], [740, 0.38, 0.18, 0.7], [1109, 0.57, 0.22, 0.7]],
  },
  /** What a caller hears while it rings elsewhere. */
  waiting: { period: 3, tones: [[440, 0, 0.9, 0.12], [480, 0, 0.9, 0.12]] },
  /** Once, at the end. */
  over: { period: 0, tones: [[480, 0, 0.14, 0.2], [360, 0.16, 0.2, 0.2]] },
};

/** The ring of a call: of an incident the urgent one. Pure. */
export const ringOf = (call) => (call?.about?.kind === "event" || call?.urgent ? "urgent" : "call");

const browser = () => ({
  context: () => new AudioContext(),
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
});

export class Ringer {
  #context = null;
  #timer = null;
  #playing = null;
  #nodes = [];
  volume = 1;

  constructor(deps = browser()) {
    this.deps = deps;
  }

  /** Whether the browser lets it sound: it does after the first touch of the page. */
  get ready() {
    return this.#context?.state === "running";
  }

  /** Call in a gesture; true when it can sound from now on. */
  async unlock() {
    try {
      this.#context ??= this.deps.context();
      if (this.#context.state !== "running") await this.#context.resume();
    } catch {
      return false;
    }
    return this.ready;
  }

  /** Ring until `stop`; the same ring again changes nothing. Not sounding where the browser does not allow it yet. */
  start(name) {
    if (this.#playing === name) return;
    this.stop();
    this.#playing = name;
    this.#again(name);
    // Where the browser allows sound without a touch, as on the walls, the first ring is heard, too.
    if (!this.ready) this.unlock().then((ready) => ready && this.#playing === name && this.#sound(RINGS[name]));
  }

  /** Play one round. */
  once(name) {
    this.#sound(RINGS[name]);
  }

  stop() {
    this.deps.cancel(this.#timer);
    this.#timer = null;
    this.#playing = null;
    for (const node of this.#nodes.splice(0)) {
      try {
        node.stop();
      } catch {
        // It has ended by itself.
      }
    }
  }

  #again(name) {
    const ring = RINGS[name];
    this.#sound(ring);
    this.#timer = this.deps.later(ring.period, () => this.#playing === name && this.#again(name));
  }

  #sound({ tones }) {
    const context = this.#context;
    if (!context || !this.ready) return;
    const now = context.currentTime + 0.01;
    this.#nodes = this.#nodes.filter((node) => node.until > now);
    for (const [frequency, start, length, loudness] of tones) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.type = "triangle";
      tone.frequency.value = frequency;
      const level = Math.max(0.0001, loudness * this.volume);
      gain.gain.setValueAtTime(0.0001, now + start);
      gain.gain.exponentialRampToValueAtTime(level, now + start + 0.015);
      gain.gain.setValueAtTime(level, now + start + length * 0.6);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + start + length);
      tone.connect(gain).connect(context.destination);
      tone.start(now + start);
      tone.stop(now + start + length);
      tone.until = now + start + length;
      this.#nodes.push(tone);
    }
  }
}
