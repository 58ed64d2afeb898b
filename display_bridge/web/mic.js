/** The microphone button: push-to-talk from the browser over `WS /ws/v1/audio`. */
import { t } from "./i18n.js";

const LONGEST_S = 15;
const OUTCOME_S = 10;

/** A reason a person can act on. */
export class MicError extends Error {}

function reason(error) {
  if (error instanceof MicError) return error;
  if (error?.name === "NotAllowedError" || error?.name === "SecurityError") return new MicError(t("micDenied"));
  if (error?.name === "NotFoundError" || error?.name === "OverconstrainedError") return new MicError(t("micNone"));
  return new MicError(t("micBroken"));
}

/** Open the microphone; throws MicError with words for the person. */
async function openMicrophone() {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new MicError(t("micInsecure"));
  return navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
}

export class PushToTalk {
  #stop = null;

  /** @param {{display: string, onEvent: (event: object) => void, onEnd: (error: MicError|null) => void}} options */
  constructor(options) {
    this.options = options;
  }

  get active() {
    return this.#stop !== null;
  }

  /** Start streaming; resolves when sound flows. Throws MicError. */
  async start() {
    if (this.active) return;
    let stream = null;
    let context = null;
    let socket = null;
    const close = () => {
      stream?.getTracks().forEach((track) => track.stop());
      if (context && context.state !== "closed") context.close();
    };
    const end = (error) => {
      if (this.#stop === null) return;
      this.#stop = null;
      clearTimeout(limit);
      close();
      if (socket && socket.readyState < 2) socket.close(1000);
      this.options.onEnd(error);
    };
    let limit = 0;
    this.#stop = () => end(null);
    try {
      stream = await openMicrophone();
      context = new AudioContext({ sampleRate: 16_000, latencyHint: "interactive" });
      await context.audioWorklet.addModule("/web/mic-worklet.js");
      socket = await this.#openSocket();
    } catch (error) {
      this.#stop = null;
      close();
      throw reason(error);
    }
    const source = context.createMediaStreamSource(stream);
    const frames = new AudioWorkletNode(context, "seoula-frames", { numberOfOutputs: 0 });
    frames.port.onmessage = ({ data }) => {
      if (socket.readyState === 1) socket.send(data);
    };
    source.connect(frames);
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      this.options.onEvent(event);
      if (event.type === "error") end(new MicError(t("micBroken")));
      if (event.type === "outcome") end(null);
    };
    socket.onclose = ({ code }) => end(code === 1000 || code === 1005 ? null : new MicError(t("micBroken")));
    // A text frame ends the utterance; the server still owes the outcome, so the socket stays open for it.
    this.#stop = () => {
      frames.port.onmessage = null;
      close();
      if (socket.readyState === 1) socket.send(JSON.stringify({ type: "end" }));
      setTimeout(() => end(null), OUTCOME_S * 1000);
    };
    limit = setTimeout(() => this.stop(), LONGEST_S * 1000);
  }

  /** Stop sending; the outcome may still come. */
  stop() {
    this.#stop?.();
  }

  #openSocket() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/v1/audio?display=${encodeURIComponent(this.options.display)}`);
    socket.binaryType = "arraybuffer";
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(socket);
      socket.onclose = () => reject(new MicError(t("micBroken")));
    });
  }
}
