/** A meeting as one film: everybody's picture side by side and everybody's voice, sent in pieces while all agree. */
import { columns } from "./arrange.js";

const WIDTH = 1280;
const HEIGHT = 720;
const FPS = 15;
const PIECE_MS = 2000;
/** The service takes at most 900 kB at a time. */
const MOST_BYTES = 800_000;
const HEAD_BYTES = 64;
const TRIES = 4;
const TYPE = "video/webm;codecs=vp8,opus";

/** Places of `count` pictures on the film: [{x, y, width, height}]. Pure. */
export function places(count, width = WIDTH, height = HEIGHT) {
  const across = columns(count, width, height);
  const down = Math.ceil(count / across);
  const [w, h] = [width / across, height / down];
  return Array.from({ length: count }, (_, index) => ({ x: (index % across) * w, y: Math.floor(index / across) * h, width: w, height: h }));
}

/** Where a picture of a size stands in a place, as large as it can be without being cut: [x, y, width, height]. Pure. */
export function fitted(place, width, height) {
  const scale = Math.min(place.width / width, place.height / height);
  return [place.x + (place.width - width * scale) / 2, place.y + (place.height - height * scale) / 2, width * scale, height * scale];
}

/** Bytes in pieces that the service takes. Pure. */
export function pieces(blob, most = MOST_BYTES) {
  const found = [];
  for (let from = 0; from < blob.size; from += most) found.push(blob.slice(from, from + most));
  return found;
}

/**
 * Where a film is drawn: {paint, track, show()}. Each picture is handed on by `show`, where the browser can: what a canvas
 * captures by itself comes with the page's own pictures, and stands still when the page is covered or the machine busy.
 */
function screenOf(width, height) {
  if (globalThis.MediaStreamTrackGenerator && globalThis.OffscreenCanvas) {
    const canvas = new OffscreenCanvas(width, height);
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    const track = new globalThis.MediaStreamTrackGenerator({ kind: "video" });
    const writer = track.writable.getWriter();
    const show = () => {
      if (!(writer.desiredSize > 0)) return;
      const picture = new VideoFrame(canvas, { timestamp: performance.now() * 1000 });
      writer.write(picture).catch(() => picture.close());
    };
    return { paint, track, show };
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return { paint: canvas.getContext("2d"), track: canvas.captureStream(FPS).getVideoTracks()[0], show() {} };
}

export class Recorder {
  #recorder = null;
  #timer = null;
  #context = null;
  #sources = new Map();
  #chain = Promise.resolve();
  #id = null;
  #number = 0;
  #held = null;
  #over = false;

  /**
   * @param {{meeting: string, query: string, headers: object, tiles: () => object[], audio: () => MediaStreamTrack|null,
   *   failed: () => void}} options query: of the addresses, as "?display=main". audio: one's own voice.
   */
  constructor(options, deps = {}) {
    this.options = options;
    this.deps = { fetch: (...given) => fetch(...given), wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)), ...deps };
  }

  async start() {
    const { meeting } = this.options;
    try {
      const made = await this.#ask(`/api/v1/meetings/${encodeURIComponent(meeting)}/recordings`, "POST", JSON.stringify({ type: TYPE }), "application/json");
      this.#id = made.id;
      if (!this.#over) this.#roll();
    } catch {
      this.stop();
      this.options.failed();
    }
  }

  #roll() {
    const { paint, track, show } = screenOf(WIDTH, HEIGHT);
    this.#context = new AudioContext();
    const mixed = this.#context.createMediaStreamDestination();
    this.#timer = setInterval(() => {
      this.#draw(paint);
      show();
      this.#mix(mixed);
    }, 1000 / FPS);
    const stream = new MediaStream([track, ...mixed.stream.getAudioTracks()]);
    this.#recorder = new MediaRecorder(stream, { mimeType: TYPE, videoBitsPerSecond: 1_500_000 });
    this.#recorder.ondataavailable = ({ data }) => data.size && this.#send(data);
    this.#recorder.start(PIECE_MS);
  }

  #draw(paint) {
    const videos = [...document.querySelectorAll(".call-tile:not(.blank) video")].filter(({ videoWidth }) => videoWidth);
    paint.fillStyle = "#070d1f";
    paint.fillRect(0, 0, WIDTH, HEIGHT);
    places(videos.length).forEach((place, index) => paint.drawImage(videos[index], ...fitted(place, videos[index].videoWidth, videos[index].videoHeight)));
  }

  /** Whoever comes is heard on the film from then on. */
  #mix(mixed) {
    const own = this.options.audio();
    const tracks = [own, ...this.options.tiles().filter(({ mine }) => !mine).flatMap(({ stream }) => stream?.getAudioTracks() ?? [])].filter(Boolean);
    for (const track of tracks) {
      if (this.#sources.has(track.id)) continue;
      const source = this.#context.createMediaStreamSource(new MediaStream([track]));
      source.connect(mixed);
      this.#sources.set(track.id, source);
    }
    const there = new Set(tracks.map(({ id }) => id));
    for (const [id, source] of this.#sources) {
      if (there.has(id)) continue;
      source.disconnect();
      this.#sources.delete(id);
    }
  }

  /** A recorder that begins late on a busy machine gives the first byte by itself; the service wants to see the head. */
  #send(data, last = false) {
    const whole = this.#held ? new Blob([this.#held, data]) : data;
    this.#held = null;
    if (whole.size < HEAD_BYTES && !last) {
      this.#held = whole;
      return;
    }
    for (const piece of pieces(whole)) {
      const number = this.#number;
      this.#number += 1;
      this.#chain = this.#chain.then(() => this.#put(number, piece));
    }
    this.#chain = this.#chain.catch(() => {
      if (this.#over) return;
      this.stop(false);
      this.options.failed();
    });
  }

  #put(number, piece) {
    return this.#ask(`/api/v1/recordings/${encodeURIComponent(this.#id)}/pieces/${number}`, "PUT", piece, "video/webm");
  }

  /** Rejects when the service refuses; a network that is away for a moment is waited for. */
  async #ask(path, method, body, type) {
    for (let attempt = 1; ; attempt += 1) {
      let answer;
      try {
        answer = await this.deps.fetch(path + this.options.query, { method, body, headers: { ...this.options.headers, "Content-Type": type } });
      } catch (error) {
        if (attempt >= TRIES) throw error;
        await this.deps.wait(500 * 2 ** attempt);
        continue;
      }
      if (answer.ok) return answer.json();
      throw new Error(String(answer.status));
    }
  }

  /** End the film; finished: what there is is whole and kept, else the service throws it away. */
  async stop(finished = true) {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#timer);
    const recorder = this.#recorder;
    if (recorder && recorder.state !== "inactive") {
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      if (this.#held) this.#send(new Blob([]), true);
    }
    for (const track of recorder?.stream?.getTracks() ?? []) track.stop();
    for (const source of this.#sources.values()) source.disconnect();
    this.#sources.clear();
    this.#context?.close().catch(() => {});
    await this.#chain;
    if (finished && this.#id) await this.#ask(`/api/v1/recordings/${encodeURIComponent(this.#id)}/finish`, "POST", "", "application/json").catch(() => {});
  }
}

/** So long one waits at the most for the last piece before a meeting is left. */
const LAST_PIECE_S = 5;

/**
 * The film is made by the page whose person began it, as long as everybody agrees: `follow` begins and ends it as the call
 * has it; `whole` resolves when its last piece has been sent. calls: the page's Calls (client.js).
 */
export class Film {
  #running = null;
  #ending = null;

  constructor(calls, make = (options) => new Recorder(options)) {
    this.calls = calls;
    this.make = make;
  }

  get runs() {
    return Boolean(this.#running && !this.#ending);
  }

  follow(call) {
    const { state, by } = call?.recordings?.recording ?? {};
    const wanted = state === "on" && by === call.me && call.meeting;
    if (!wanted) {
      this.#running?.stop();
      this.#running = this.#ending = null;
      return;
    }
    if (this.#running) return;
    const { calls } = this;
    const { token, display } = calls.options;
    this.#running = this.make({
      meeting: call.meeting,
      query: display ? `?display=${encodeURIComponent(display)}` : "",
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      tiles: () => calls.tiles(),
      audio: () => calls.local.audio,
      failed: () => {
        calls.tell("recording.set", { on: false, kind: "recording" });
        calls.onproblem("recording-failed");
      },
    });
    this.#running.start();
  }

  /** From the moment on in which the service hears that it has ended, no piece is taken any more: first the last one. */
  whole() {
    if (!this.#running) return Promise.resolve();
    this.#ending ??= Promise.race([this.#running.stop(), this.calls.deps.pause?.(LAST_PIECE_S) ?? new Promise(() => {})]);
    return this.#ending;
  }
}
