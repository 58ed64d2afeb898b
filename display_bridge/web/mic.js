/** The microphone button: push-to-talk from the browser over `WS /ws/v1/audio`. */
import { t } from "./i18n.js";

const LONGEST_S = 15;
const OUTCOME_S = 10;
/** A link that breaks in the middle is made anew so many times; the whole sentence, which is kept here, is sent again. */
const TRIES = 3;
const FIRST_WAIT_S = 0.2;
const CONNECT_S = 4;
/** Of 16 kHz s16le: more than the longest talk. */
const MOST_BYTES = (LONGEST_S + 2) * 32_000;
const REFUSED = 1008;
const OPEN = 1;
const END = JSON.stringify({ type: "end" });

/** A reason a person can act on. */
export class MicError extends Error {}

function reason(error) {
  if (error instanceof MicError) return error;
  if (error?.name === "NotAllowedError" || error?.name === "SecurityError") return new MicError(t("micDenied"));
  if (error?.name === "NotFoundError" || error?.name === "OverconstrainedError") return new MicError(t("micNone"));
  return new MicError(t("micBroken"));
}

/** A WebSocket cannot carry headers: the device token stands among its subprotocols. */
export function protocols(token) {
  return token ? ["seoula", `token.${token}`] : ["seoula"];
}

/** What a talk needs of the browser; tests bring their own. */
const BROWSER = {
  microphone: async () => {
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new MicError(t("micInsecure"));
    // The hearing worker takes the noise out, in the one way that was measured.
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true };
    return navigator.mediaDevices.getUserMedia({ audio });
  },
  context: () => new AudioContext({ sampleRate: 16_000, latencyHint: "interactive" }),
  frames: (context) => new AudioWorkletNode(context, "seoula-frames", { numberOfOutputs: 0 }),
  socket: (path, offered) => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`, offered),
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
};

/** One talk, from the button to the outcome. `ended` is called once with a MicError or null, unless `start` throws. */
class Talk {
  #over = false;
  #sending = false;
  #kept = [];
  #bytes = 0;
  #ended = false;
  #tries = 1;
  #retry = null;
  #stream = null;
  #context = null;
  #frames = null;
  #socket = null;
  #timer = null;

  constructor(options, deps, ended) {
    Object.assign(this, { options, deps, ended });
  }

  /** Resolves when sound flows, or when the talk was ended before. Throws MicError. */
  async start() {
    try {
      // Whoever stops the talk in one of these pauses finds only what was there: what comes later is closed here.
      this.#stream = await this.deps.microphone();
      if (this.#over) return this.#release();
      this.#context = this.deps.context();
      await this.#context.audioWorklet.addModule("/web/mic-worklet.js");
      if (this.#over) return this.#release();
      await this.#connect();
      if (this.#over) return this.#release();
      this.#flow();
    } catch (error) {
      const stopped = this.#over;
      this.#over = true;
      this.#release();
      if (!stopped) throw reason(error);
    }
  }

  /** Stop sending; the server still owes the outcome, so the socket stays open for it a while. */
  stop() {
    if (this.#over) return;
    if (!this.#sending) return this.#ended ? undefined : this.end(null);
    if (this.#socket.readyState !== OPEN) {
      // The link is being made anew: what was said is kept, and its end is sent with it.
      this.#sending = false;
      this.#ended = true;
      this.#silence();
      return;
    }
    this.#sending = false;
    this.#ended = true;
    this.#silence();
    this.#socket.send(END);
    this.#wait(OUTCOME_S, () => this.end(null));
  }

  end(error) {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.ended(error);
  }

  #connect() {
    const { display, token } = this.options;
    const socket = this.deps.socket(`/ws/v1/audio?display=${encodeURIComponent(display)}`, protocols(token?.()));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    return new Promise((resolve, reject) => {
      const late = this.deps.later(CONNECT_S, () => socket.close());
      const settle = (then) => (event) => {
        this.deps.cancel(late);
        then(event);
      };
      socket.onopen = settle(resolve);
      socket.onclose = settle(() => reject(new MicError(t("micBroken"))));
    });
  }

  #flow() {
    const socket = this.#socket;
    this.#frames = this.deps.frames(this.#context);
    this.#frames.port.onmessage = ({ data }) => {
      this.#keep(data);
      if (this.#socket.readyState === OPEN) this.#socket.send(data);
    };
    this.#context.createMediaStreamSource(this.#stream).connect(this.#frames);
    this.#listen(socket);
    this.#sending = true;
    this.#wait(LONGEST_S, () => this.stop());
  }

  #keep(data) {
    this.#kept.push(data);
    this.#bytes += data.byteLength ?? 0;
    while (this.#bytes > MOST_BYTES) this.#bytes -= this.#kept.shift().byteLength ?? 0;
  }

  #listen(socket) {
    socket.onmessage = ({ data }) => {
      if (this.#over) return;
      const event = JSON.parse(data);
      this.options.onEvent(event);
      if (event.type === "error") this.end(new MicError(t("micBroken")));
      if (event.type === "outcome") this.end(null);
    };
    socket.onclose = ({ code }) => {
      if (this.#over || socket !== this.#socket) return;
      if (code === 1000 || code === 1005) return this.end(null);
      if (code === REFUSED) return this.end(new MicError(t("micBroken")));
      this.#again();
    };
  }

  /** The link broke before the outcome: a new one, after a while that doubles; the whole sentence goes over it. */
  #again() {
    if (this.#tries >= TRIES) return this.end(new MicError(t("micCut")));
    const wait = FIRST_WAIT_S * 2 ** (this.#tries - 1);
    this.#tries += 1;
    this.options.onEvent({ type: "reconnecting", try: this.#tries, wait_s: wait });
    this.#retry = this.deps.later(wait, () => this.#reconnect());
  }

  async #reconnect() {
    this.deps.cancel(this.#retry);
    if (this.#over) return;
    try {
      await this.#connect();
    } catch {
      if (!this.#over) this.#again();
      return;
    }
    if (this.#over) return this.#release();
    this.#listen(this.#socket);
    for (const frame of this.#kept) this.#socket.send(frame);
    if (!this.#ended) return;
    this.#socket.send(END);
    this.#wait(OUTCOME_S, () => this.end(null));
  }

  /** The one timer of a talk. */
  #wait(seconds, action) {
    this.deps.cancel(this.#timer);
    this.#timer = this.deps.later(seconds, action);
  }

  #silence() {
    if (this.#frames) this.#frames.port.onmessage = null;
    this.#stream?.getTracks().forEach((track) => track.stop());
    if (this.#context && this.#context.state !== "closed") this.#context.close();
  }

  #release() {
    this.deps.cancel(this.#timer);
    this.deps.cancel(this.#retry);
    this.#silence();
    if (this.#socket && this.#socket.readyState <= OPEN) this.#socket.close(1000);
  }
}

export class PushToTalk {
  #talk = null;

  /**
   * @param {{display: string, token?: () => string|null, onEvent: (event: object) => void,
   *   onEnd: (error: MicError|null) => void}} options token: the device token of this screen, if it has one
   */
  constructor(options, deps = BROWSER) {
    Object.assign(this, { options, deps });
  }

  get active() {
    return this.#talk !== null;
  }

  /** Start streaming; resolves when sound flows, or when `stop` came first. Throws MicError. */
  async start() {
    if (this.active) return;
    const talk = new Talk(this.options, this.deps, (error) => {
      this.#talk = null;
      this.options.onEnd(error);
    });
    this.#talk = talk;
    try {
      await talk.start();
    } catch (error) {
      this.#talk = null;
      throw error;
    }
  }

  /** Stop sending; the outcome may still come. Before sound flows: the talk is over at once. */
  stop() {
    this.#talk?.stop();
  }
}
