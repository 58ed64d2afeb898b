/**
 * The display protocol's client: hello / resume, snapshot, merge patches, acknowledgement after paint, ping, reconnect.
 * Knows nothing of what is drawn. `deps` carries the socket, clock and frames so that tests need no browser.
 */
import { isPrivate } from "./discretion.js";
import { mergePatch } from "./patch.js";

export const PROTO = 2;
/** The close code of a server that does not let this screen in, or not any more. */
export const REFUSED = 1008;
const QUICK_FOR_S = 45;
const LONGEST_S = 30;
/** How long a link must hold before it counts as good: one that ends at once must not be tried ever so often. */
const STEADY_S = 5;
/** How long the server may take to say welcome. */
const WELCOME_S = 12;
const RESULT_TIMEOUT_S = 8;

/**
 * Seconds before the next try. The first three quarters of a minute stay quick, so that a restarted server has its
 * screens back within a second; later tries spread out to 30 s. `random` 0..1 is the jitter.
 */
export function retryDelay(attempt, downSeconds, random = Math.random()) {
  if (downSeconds < QUICK_FOR_S) return attempt === 0 ? 0.1 + 0.2 * random : 0.5 + 0.5 * random;
  const base = Math.min(LONGEST_S, 1 * 2 ** Math.min(attempt, 12) / 2 ** 6);
  return Math.max(1, base) * (0.7 + 0.3 * random);
}

const browser = () => ({
  socket: (url) => new WebSocket(url),
  now: () => performance.now() / 1000,
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
  painted: (action) => requestAnimationFrame(() => requestAnimationFrame(action)),
  hidden: () => document.hidden,
});

export class DisplayConnection {
  #socket = null;
  #retry = null;
  #beat = null;
  #attempt = 0;
  #downSince;
  #upSince = null;
  #deadline = null;
  #closed = false;
  #lastHeard = 0;
  #heartbeat = 15;
  #epoch = null;
  #seq = 0;
  #unacked = [];
  #before = null;
  #waiting = new Map();
  #counter = 0;

  /**
   * @param {{url: string, role: string, caps: string[], token: string|null}} hello
   * @param {{state: (s: object) => void, status: (s: object) => void, outdated?: () => void,
   *   message?: (m: object) => void}} handlers
   *   state: called with each new state document, must draw before the next frame and may throw (reported as failed);
   *   withdrawn: the link broke while private content was shown, which must go; called with the last state before it;
   *   outdated: the server speaks another version of the protocol than this page does;
   *   status: {link: "connecting"|"open"|"lost", display?, build?, care?, offset?} where offset = server clock - this
   *   clock, seconds; "connecting" after a refusal, when nothing of what was seen may stay.
   */
  constructor(hello, handlers, deps = {}) {
    this.hello = hello;
    this.handlers = handlers;
    this.deps = { ...(globalThis.window ? browser() : {}), ...deps };
    this.state = null;
    this.#downSince = this.deps.now();
  }

  open() {
    this.#closed = false;
    this.#connect();
  }

  /** Try at once, e.g. when the network or the page comes back. */
  wake() {
    if (this.#closed || this.#socket) return;
    this.deps.cancel(this.#retry);
    this.#connect();
  }

  close() {
    this.#closed = true;
    this.deps.cancel(this.#retry);
    this.#socket?.close();
  }

  /** Forget all that was received; the next hello asks for everything. */
  forget() {
    this.state = null;
    this.#before = null;
    this.#epoch = null;
  }

  /**
   * Send a command; resolves with the server's result {ok, error?}, or {ok: false} when it cannot be sent. by: "hands" for
   * one that a hand in the air has chosen, else it is a touch.
   */
  command(op, args = {}, by = undefined) {
    const id = `c${Date.now().toString(36)}-${++this.#counter}`;
    if (!this.#send({ t: "cmd", id, op, args, ...(by ? { by } : {}) })) return Promise.resolve({ ok: false, error: { code: "offline" } });
    return new Promise((resolve) => {
      const timer = this.deps.later(RESULT_TIMEOUT_S, () => {
        this.#waiting.delete(id);
        resolve({ ok: false, error: { code: "timeout" } });
      });
      this.#waiting.set(id, { resolve, timer });
    });
  }

  /** Tell the server that a spoken answer has ended on this screen. */
  playback(utterance, ok) {
    return this.#send({ t: "playback", utterance, ok });
  }

  /** Tell the server what a hand can choose on this screen, [name, left, top, right, bottom] each; false without a link. */
  aim(targets) {
    return this.#send({ t: "targets", targets });
  }

  #connect() {
    let socket;
    try {
      socket = this.deps.socket(this.hello.url);
    } catch (error) {
      // A browser that is short of something refuses at once; this, too, is tried again.
      this.#socket = socket = {};
      this.#lost(socket, { code: 4003, reason: String(error?.message ?? error) });
      return;
    }
    this.#socket = socket;
    this.#deadline = this.deps.later(WELCOME_S, () => this.#leave(socket, "no-welcome"));
    socket.onopen = () => {
      this.#lastHeard = this.deps.now();
      const hello = { t: "hello", proto: PROTO, role: this.hello.role, caps: this.hello.caps };
      if (this.hello.token) hello.token = this.hello.token;
      if (this.#epoch !== null && this.state) hello.resume = { epoch: this.#epoch, seq: this.#seq };
      this.#send(hello);
      this.#startBeat();
    };
    socket.onmessage = (event) => this.#receive(socket, event.data);
    socket.onclose = (event) => this.#lost(socket, event);
    socket.onerror = () => {};
  }

  #lost(socket, event) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.deps.cancel(this.#beat);
    this.deps.cancel(this.#deadline);
    const now = this.deps.now();
    if (this.#upSince !== null && now - this.#upSince >= STEADY_S) {
      this.#attempt = 0;
      this.#downSince = now;
    }
    this.#upSince = null;
    for (const { resolve, timer } of this.#waiting.values()) {
      this.deps.cancel(timer);
      resolve({ ok: false, error: { code: "offline" } });
    }
    this.#waiting.clear();
    if (event?.code === REFUSED) {
      // What a screen may not see any more must not stay on the glass.
      this.state = null;
      this.#epoch = null;
    }
    if (event?.code === REFUSED) this.#before = null;
    else if (isPrivate(this.state)) {
      // Nobody could tell this screen to lock now: it locks itself, and asks anew.
      this.state = null;
      this.#epoch = null;
      this.handlers.withdrawn?.(this.#before);
    }
    if (event?.reason === "bad-proto") this.handlers.outdated?.();
    this.handlers.status({ link: event?.code === REFUSED ? "connecting" : "lost", code: event?.code, reason: event?.reason });
    if (this.#closed) return;
    const delay = retryDelay(this.#attempt, now - this.#downSince);
    this.#attempt += 1;
    this.#retry = this.deps.later(delay, () => this.#connect());
  }

  #startBeat() {
    this.deps.cancel(this.#beat);
    this.#beat = this.deps.later(this.#heartbeat, () => {
      const socket = this.#socket;
      if (!socket) return;
      if (this.deps.now() - this.#lastHeard > 2 * this.#heartbeat + 1) {
        this.#leave(socket, "silent");
        return;
      }
      this.#send({ t: "ping" });
      this.#startBeat();
    });
  }

  /** Give up a socket that says nothing; its own end may never be told. */
  #leave(socket, reason) {
    socket.onclose = null;
    socket.close();
    this.#lost(socket, { code: 4000, reason });
  }

  #send(message) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #receive(socket, text) {
    if (socket !== this.#socket) return;
    this.#lastHeard = this.deps.now();
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      socket.close(4002, "not JSON");
      return;
    }
    switch (message.t) {
      case "welcome":
        return this.#welcome(message);
      case "snapshot":
        this.#epoch = message.epoch;
        this.#seq = message.seq;
        return this.#draw(message.state, message.seq);
      case "patch":
        return this.#patch(socket, message);
      case "chime":
        return this.handlers.chime?.(message.name);
      case "result":
        return this.#result(message);
      case "ping":
        return void this.#send({ t: "pong" });
      case "pong":
        return undefined;
      default:
        return this.handlers.message?.(message);
    }
  }

  #welcome(message) {
    this.deps.cancel(this.#deadline);
    this.#upSince = this.deps.now();
    if (message.heartbeat_s > 0) this.#heartbeat = message.heartbeat_s;
    if (message.epoch !== this.#epoch) this.#seq = 0;
    this.#epoch = message.epoch;
    this.#startBeat();
    const server = message.server_time;
    const offset = typeof server === "number" ? server - Date.now() / 1000 : 0;
    this.handlers.status({ link: "open", display: message.display, build: message.build, care: message.care, offset });
  }

  #patch(socket, message) {
    // A gap or another epoch means that this picture cannot be trusted: ask again from the start.
    if (message.epoch !== this.#epoch || message.seq !== this.#seq + 1 || !this.state) {
      if (message.epoch === this.#epoch && message.seq <= this.#seq) return;
      this.#epoch = null;
      socket.close(4001, "gap");
      return;
    }
    this.#seq = message.seq;
    this.#draw(mergePatch(this.state, message.p), message.seq);
  }

  #result(message) {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    this.deps.cancel(waiting.timer);
    waiting.resolve(message);
  }

  #draw(state, seq) {
    this.state = state;
    if (!isPrivate(state)) this.#before = state;
    const received = this.deps.now();
    let error = null;
    try {
      this.handlers.state(state);
    } catch (problem) {
      error = String(problem?.message ?? problem);
    }
    const ack = (status) => this.#send({ t: "ack", seq, status, ms: this.#ms(received), ...(error ? { error } : {}) });
    if (error) return void ack("failed");
    if (this.deps.hidden?.()) {
      error = "the page is hidden";
      return void ack("failed");
    }
    this.#unacked.push({ seq, received });
    if (this.#unacked.length === 1) this.deps.painted(() => this.#acknowledge());
  }

  /** The newest state is on the glass; those before it in the same frame were never seen. */
  #acknowledge() {
    const all = this.#unacked;
    this.#unacked = [];
    all.forEach(({ seq, received }, index) => {
      const status = index === all.length - 1 ? "rendered" : "superseded";
      this.#send({ t: "ack", seq, status, ms: this.#ms(received) });
    });
  }

  #ms(received) {
    return Math.round((this.deps.now() - received) * 10_000) / 10;
  }
}
