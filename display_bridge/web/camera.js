/**
 * `<seoula-camera>`: a live picture. Set `.camera = {id, live, source: "hls"|"whep"|"mjpeg", name, words}`.
 * A picture that stops is connected anew after 1, 2, 4, ... 30 seconds, for ever; what it waits for stands in its place.
 */
import { authorization } from "./credentials.js";

const SILENCE_MS = 15_000;
const LOOK_MS = 1_000;
const REFUSED_S = 30;
const LONGEST_FRAME = 8_000_000;

/** Seconds until the next try: 1, 2, 4, ... 30. */
export const retryAfter = (attempt) => Math.min(30, 2 ** Math.min(5, attempt));

/** The first whole JPEG of some bytes: {start, end}, null while there is none. */
export function jpegIn(bytes) {
  let start = -1;
  for (let index = 0; index + 1 < bytes.length; index += 1) {
    if (bytes[index] !== 0xff) continue;
    if (start < 0 && bytes[index + 1] === 0xd8) start = index;
    else if (start >= 0 && bytes[index + 1] === 0xd9) return { start, end: index + 2 };
  }
  return null;
}

class Refused extends Error {}

const isRefusal = (status) => [401, 403, 404].includes(status);

async function ask(url, options = {}) {
  const answer = await fetch(url, { cache: "no-store", ...options, headers: { ...authorization(), ...options.headers } });
  if (isRefusal(answer.status)) throw new Refused(String(answer.status));
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

function picture(tag, stage) {
  const made = document.createElement(tag);
  if (tag === "video") Object.assign(made, { muted: true, autoplay: true, playsInline: true });
  stage(made);
  return made;
}

/** HLS by hls.js, which is loaded when the first such camera opens. */
async function hls(live, stage, signal) {
  const { default: Hls } = await import("hls.js");
  const video = picture("video", stage);
  const withToken = (xhr) => {
    for (const [name, value] of Object.entries(authorization())) xhr.setRequestHeader(name, value);
  };
  const player = new Hls({ enableWorker: false, backBufferLength: 10, maxBufferLength: 12, xhrSetup: withToken });
  const failed = new Promise((_, reject) => {
    player.on(Hls.Events.ERROR, (_event, data) => {
      if (isRefusal(data.response?.code)) reject(new Refused(String(data.response.code)));
      else if (data.fatal) reject(new Error(data.details));
    });
  });
  player.loadSource(new URL(live, location.href).href);
  player.attachMedia(video);
  try {
    await Promise.race([failed, runs(video, signal)]);
  } finally {
    player.destroy();
  }
}

/** WebRTC by WHEP: one offer, one answer, receiving only. */
async function whep(live, stage, signal) {
  const peer = new RTCPeerConnection();
  const video = picture("video", stage);
  try {
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.ontrack = ({ streams, track }) => {
      video.srcObject = streams[0] ?? new MediaStream([track]);
    };
    const failed = new Promise((_, reject) => {
      peer.onconnectionstatechange = () => {
        if (["failed", "closed"].includes(peer.connectionState)) reject(new Error(peer.connectionState));
      };
    });
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const offer = { method: "POST", body: peer.localDescription.sdp, headers: { "Content-Type": "application/sdp" }, signal };
    await peer.setRemoteDescription({ type: "answer", sdp: await (await ask(live, offer)).text() });
    await Promise.race([failed, runs(video, signal)]);
  } finally {
    peer.close();
    video.srcObject = null;
  }
}

/** The ways to this machine go with the offer: waits for them, two seconds at most. */
function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 2000);
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Until the picture has stood still too long, or is not wanted any more; never returns otherwise. */
function runs(video, signal) {
  return new Promise((_, reject) => {
    let at = -1;
    let moved = performance.now();
    const stop = (error) => {
      clearInterval(look);
      reject(error);
    };
    const look = setInterval(() => {
      if (video.currentTime !== at) {
        moved = performance.now();
        if (at >= 0) video.dispatchEvent(new Event("moving"));
        at = video.currentTime;
      } else if (performance.now() - moved > SILENCE_MS) stop(new Error("silent"));
    }, LOOK_MS);
    signal.addEventListener("abort", () => stop(new Error("closed")), { once: true });
  });
}

/** MJPEG, read picture by picture from the stream itself, so that one that stops is seen. */
async function mjpeg(live, stage, signal) {
  const canvas = picture("canvas", stage);
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { once: true });
  let timer = setTimeout(() => own.abort(), SILENCE_MS);
  try {
    const reader = (await ask(live, { signal: own.signal })).body.getReader();
    let kept = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("ended");
      kept = joined(kept, value);
      const found = jpegIn(kept);
      if (!found) {
        if (kept.length > LONGEST_FRAME) throw new Error("no pictures");
        continue;
      }
      await draw(canvas, kept.subarray(found.start, found.end));
      kept = kept.slice(found.end);
      clearTimeout(timer);
      timer = setTimeout(() => own.abort(), SILENCE_MS);
    }
  } finally {
    clearTimeout(timer);
    own.abort();
  }
}

function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

async function draw(canvas, jpeg) {
  const image = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  if (canvas.width !== image.width || canvas.height !== image.height) Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  image.close();
  canvas.dispatchEvent(new Event("moving"));
}

const WAYS = { hls, whep, mjpeg };

class Camera extends (globalThis.HTMLElement ?? Object) {
  #camera = null;
  #stop = null;
  #note = null;

  set camera(camera) {
    const changed = camera.live !== this.#camera?.live || camera.source !== this.#camera?.source;
    this.#camera = camera;
    if (changed && this.isConnected) this.#start();
  }

  connectedCallback() {
    if (this.#camera) this.#start();
  }

  disconnectedCallback() {
    this.#stop?.abort();
    this.#stop = null;
    this.#note = null;
    this.replaceChildren();
  }

  async #start() {
    this.#stop?.abort();
    const { signal } = (this.#stop = new AbortController());
    let attempt = 0;
    while (!signal.aborted) {
      const { live, source, words } = this.#camera;
      this.#say("connecting", words.connecting);
      try {
        await WAYS[source](live, (element) => this.#show(element, () => (attempt = 0)), signal);
      } catch (error) {
        if (signal.aborted) return;
        const refused = error instanceof Refused;
        const seconds = refused ? REFUSED_S : retryAfter(attempt);
        attempt += 1;
        this.#say("lost", refused ? words.refused : words.lost(seconds));
        await pause(seconds, signal);
      }
    }
  }

  #show(element, moving) {
    element.addEventListener("moving", () => {
      moving();
      if (this.dataset.state === "live") return;
      this.dataset.state = "live";
      this.#note?.remove();
      this.#note = null;
    });
    this.querySelector("video, canvas")?.remove();
    this.prepend(element);
  }

  #say(state, text) {
    this.dataset.state = state;
    if (!this.#note) {
      this.#note = document.createElement("p");
      this.#note.setAttribute("role", "status");
      this.append(this.#note);
    }
    this.#note.textContent = text;
  }
}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

if (globalThis.customElements && !customElements.get("seoula-camera")) customElements.define("seoula-camera", Camera);
