/**
 * The line to the call hub: hello and resume, what is asked and what is answered, and connecting anew. Knows nothing of
 * calls. `deps` carries the socket and the clock so that tests need no browser.
 */

/** The close code of a server that does not let this page in, or not any more. */
export const REFUSED = 1008;
const QUICK_FOR_S = 45;
const LONGEST_S = 30;
const STEADY_S = 5;
const WELCOME_S = 12;
/** What was sent while the line was away is sent when it is back, if that is soon: never an old "accept" an hour later. */
const KEEP_S = 10;
const MOST_KEPT = 200;

/** Seconds before the next try: quick at first, then ever more spread out. `random` 0..1 is the jitter. */
export function retryDelay(attempt, downSeconds, random = Math.random()) {
  if (downSeconds < QUICK_FOR_S) return attempt === 0 ? 0.1 + 0.2 * random : 0.4 + 0.6 * random;
  return Math.max(1, Math.min(LONGEST_S, 2 ** Math.max(0, Math.min(attempt, 12) - 6))) * (0.7 + 0.3 * random);
}

/** A WebSocket cannot carry headers: the token stands among its subprotocols. */
export const protocols = (token) => (token ? ["seoula", `token.${token}`] : ["seoula"]);

/** Where a page finds its session again after it was loaded anew: in this tab only. */
const KEY = "seoula.calls.session.";
const memory = () => {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
};

const browser = () => ({
  storage: memory(),
  socket: (url, offered) => new WebSocket(url, offered),
  now: () => performance.now() / 1000,
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
  random: Math.random,
});

export class CallConnection {
  #socket = null;
  #open = false;
  #closed = true;
  #retry = null;
  #deadline = null;
  #attempt = 0;
  #downSince = 0;
  #upSince = 0;
  #counter = 0;
  #sid = null;
  #fresh = false;
  #asked = new Map();
  #kept = [];
  /** Why the service does not let this page in, as it said before it closed. */
  #why = null;

  /**
   * @param {{url: string, token: string|null, hello: object}} options hello: what is told of this page beside its token
   * @param {{message: (m: object) => void, status: (s: {link: string, reason?: string}) => void,
   *   failed: (asked: object, error: {code: string, message: string}) => void}} handlers
   *   status: link is "connecting", "open", "lost" or "refused", with the reason's code. failed: what this page sent was refused.
   */
  constructor(options, handlers, deps = {}) {
    this.options = options;
    this.handlers = handlers;
    this.deps = { ...(globalThis.window ? browser() : { random: Math.random }), ...deps };
    this.#sid = this.#stored();
    this.#fresh = Boolean(this.#sid);
  }

  get isOpen() {
    return this.#open;
  }

  open() {
    if (!this.#closed) return;
    this.#closed = false;
    this.#downSince = this.deps.now();
    this.#connect();
  }

  close() {
    this.#closed = true;
    this.deps.cancel(this.#retry);
    this.deps.cancel(this.#deadline);
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close?.();
    }
  }

  /** The network has changed: the old socket may be dead without knowing it, so a new one takes its place at once. */
  renew() {
    if (this.#closed) return;
    this.deps.cancel(this.#retry);
    const socket = this.#socket;
    if (socket) {
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close?.();
      this.#lost(socket, { code: 4000, reason: "renewed" }, true);
    } else this.#connect();
  }

  /** Send a message; one that cannot be sent now is sent soon, or never. Returns its id. */
  send(t, fields = {}) {
    const id = `k${++this.#counter}`;
    const message = { t, id, ...fields };
    this.#asked.set(id, message);
    if (this.#asked.size > MOST_KEPT) this.#asked.delete(this.#asked.keys().next().value);
    if (this.#open) this.#write(message);
    else if (!this.#closed) this.#kept.push({ message, at: this.deps.now() });
    return id;
  }

  #connect() {
    if (this.#closed) return;
    let socket;
    try {
      socket = this.deps.socket(this.options.url, protocols(this.options.token));
    } catch (error) {
      this.#socket = socket = {};
      return void this.#lost(socket, { code: 4003, reason: String(error?.message ?? error) });
    }
    this.#socket = socket;
    this.#why = null;
    this.#deadline = this.deps.later(WELCOME_S, () => {
      socket.onclose = null;
      socket.close?.();
      this.#lost(socket, { code: 4000, reason: "no-welcome" });
    });
    socket.onopen = () => {
      const hello = { t: "hello", v: 1, ...this.options.hello };
      if (this.#sid) hello.resume = this.#sid;
      // Loaded anew: the session is the old one, its connections are not.
      if (this.#sid && this.#fresh) hello.fresh = true;
      this.#write(hello);
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = (event) => this.#lost(socket, event);
    socket.onerror = () => {};
  }

  #write(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #receive(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.t === "welcome") this.#welcomed(message);
    const asked = message.re ? this.#asked.get(message.re) : null;
    if (message.re) this.#asked.delete(message.re);
    if (message.t === "error" && !this.#open) this.#why = message.code;
    else if (message.t === "error") this.handlers.failed(asked, message);
    else this.handlers.message(message, asked);
  }

  #welcomed(message) {
    this.deps.cancel(this.#deadline);
    this.#fresh = false;
    this.#store(message.sid ?? null);
    this.#open = true;
    this.#upSince = this.deps.now();
    this.handlers.status({ link: "open" });
    const fresh = this.#kept.splice(0).filter(({ at }) => this.deps.now() - at <= KEEP_S);
    for (const { message: kept } of fresh) this.#write(kept);
  }

  #lost(socket, event, quick = false) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    const was = this.#open;
    this.#open = false;
    this.deps.cancel(this.#deadline);
    const now = this.deps.now();
    if (was) {
      if (now - this.#upSince >= STEADY_S) this.#attempt = 0;
      this.#downSince = now;
    }
    const refused = event?.code === REFUSED;
    // Another tab has this session now; this one begins its own.
    if (event?.reason === "resumed-elsewhere") this.#store(null);
    this.handlers.status({ link: refused ? "refused" : "lost", reason: (refused && this.#why) || event?.reason || undefined });
    if (this.#closed) return;
    // One that is not let in asks again, in case it will be, but seldom.
    const delay = refused ? LONGEST_S * (0.7 + 0.3 * this.deps.random()) : quick ? 0 : retryDelay(this.#attempt, now - this.#downSince, this.deps.random());
    this.#attempt += 1;
    this.#retry = this.deps.later(delay, () => this.#connect());
  }

  #stored() {
    try {
      return this.deps.storage?.getItem(KEY + this.options.url) ?? null;
    } catch {
      return null;
    }
  }

  #store(sid) {
    this.#sid = sid;
    try {
      if (sid) this.deps.storage?.setItem(KEY + this.options.url, sid);
      else this.deps.storage?.removeItem(KEY + this.options.url);
    } catch {
      // Without a storage a page that is loaded anew begins a new session.
    }
  }
}
