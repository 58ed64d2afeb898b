/** One's own microphone, camera and screen: taken, switched, changed for another, and let go. */

const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const KEY = "seoula.calls.devices";

/** Why a device cannot be had, as a key of words. Pure. */
export function whyNot(error) {
  if (error?.name === "NotAllowedError" || error?.name === "SecurityError") return "deviceDenied";
  if (error?.name === "NotFoundError" || error?.name === "OverconstrainedError") return "deviceNone";
  if (error?.name === "NotReadableError" || error?.name === "AbortError") return "deviceBusy";
  return error?.message === "insecure" ? "deviceInsecure" : "deviceFailed";
}

/** The devices that were chosen on this machine: {audioinput, videoinput, audiooutput}. */
export function chosen(storage = globalThis.localStorage) {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

export function choose(kind, id, storage = globalThis.localStorage) {
  try {
    storage?.setItem(KEY, JSON.stringify({ ...chosen(storage), [kind]: id }));
  } catch {
    // A browser without a storage asks again next time.
  }
}

/** Constraints for what is wanted; `facing`: "user" or "environment" of a phone. Pure. */
export function constraints({ audio, video, devices = {}, facing = null }) {
  const exact = (id) => (id ? { deviceId: { exact: id } } : {});
  return {
    audio: audio ? { ...AUDIO, ...exact(devices.audioinput) } : false,
    video: video ? { ...VIDEO, ...(facing ? { facingMode: { ideal: facing } } : exact(devices.videoinput)) } : false,
  };
}

export class LocalMedia {
  #opening = null;
  #tried = { audio: false, video: false };
  audio = null;
  video = null;
  screen = null;
  problem = null;
  facing = null;
  /** Called whenever a track comes, goes or ends by itself. */
  changed = () => {};

  constructor(devices = globalThis.navigator?.mediaDevices) {
    this.devices = devices;
  }

  /** Take microphone and, if wanted, camera. What cannot be had is told in `problem`; the rest works on. `again`: also
   *  what could not be had before. */
  open({ audio = true, video = true, again = false } = {}) {
    const needed = { audio: audio && !this.audio && (again || !this.#tried.audio), video: video && !this.video && (again || !this.#tried.video) };
    if (!needed.audio && !needed.video) return this.#opening ?? Promise.resolve();
    this.#opening = (this.#opening ?? Promise.resolve()).then(() => this.#take(needed));
    return this.#opening;
  }

  async #take({ audio, video }) {
    this.problem = null;
    const wanted = { audio: audio && !this.audio, video: video && !this.video };
    if (!wanted.audio && !wanted.video) return;
    if (wanted.audio) this.#tried.audio = true;
    if (wanted.video) this.#tried.video = true;
    try {
      await this.#get(wanted);
    } catch (error) {
      this.problem = { why: whyNot(error), kind: wanted.video ? "video" : "audio" };
      // Without a camera one can still speak, and be told why one is not seen.
      if (wanted.video && wanted.audio) {
        try {
          await this.#get({ audio: true, video: false });
        } catch (second) {
          this.problem = { why: whyNot(second), kind: "audio" };
        }
      }
    }
    this.changed();
  }

  async #get(wanted, once = false) {
    if (!this.devices?.getUserMedia) throw new Error("insecure");
    let stream;
    try {
      stream = await this.devices.getUserMedia(constraints({ ...wanted, devices: once ? {} : chosen(), facing: this.facing }));
    } catch (error) {
      // A device that was chosen and is not plugged in any more must not end the call.
      if (once || !["OverconstrainedError", "NotFoundError"].includes(error?.name)) throw error;
      return this.#get(wanted, true);
    }
    for (const track of stream.getTracks()) {
      const kind = track.kind;
      if (this[kind]) {
        track.stop();
        continue;
      }
      this[kind] = track;
      track.onended = () => {
        if (this[kind] === track) {
          this[kind] = null;
          this.problem = { why: "deviceGone", kind };
          this.changed();
        }
      };
    }
  }

  mute(on) {
    if (this.audio) this.audio.enabled = !on;
  }

  /** Camera off: it is let go, so that its light goes out. */
  stopCamera() {
    this.video?.stop();
    this.video = null;
    this.changed();
  }

  /** Another device of a kind, also in the middle of a call. */
  async change(kind, id) {
    choose(kind, id);
    if (kind === "audiooutput") return this.changed();
    const name = kind === "audioinput" ? "audio" : "video";
    if (!this[name]) return undefined;
    const enabled = this[name].enabled;
    this[name].onended = null;
    this[name].stop();
    this[name] = null;
    await this.open({ audio: name === "audio", video: name === "video", again: true });
    if (this[name]) this[name].enabled = enabled;
    return undefined;
  }

  /** The other camera of a phone. */
  async turn() {
    this.facing = this.facing === "user" ? "environment" : "user";
    this.video?.stop();
    this.video = null;
    await this.open({ audio: false, video: true, again: true });
  }

  /** Show the screen; resolves with whether it is shown. Asking and being told no is no failure. */
  async share() {
    if (!this.devices?.getDisplayMedia) {
      this.problem = { why: "screenNone", kind: "screen" };
      return false;
    }
    try {
      const stream = await this.devices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
      const [track] = stream.getVideoTracks();
      track.contentHint = "detail";
      track.onended = () => this.unshare();
      this.screen = track;
    } catch (error) {
      if (error?.name !== "NotAllowedError") this.problem = { why: whyNot(error), kind: "screen" };
      return false;
    }
    this.changed();
    return true;
  }

  unshare() {
    this.screen?.stop();
    this.screen = null;
    this.changed();
  }

  close() {
    for (const name of ["audio", "video", "screen"]) {
      if (this[name]) this[name].onended = null;
      this[name]?.stop();
      this[name] = null;
    }
    this.#opening = null;
    this.#tried = { audio: false, video: false };
    this.problem = null;
  }

  /** {audioinput, videoinput, audiooutput}: what there is to choose from. */
  async list() {
    const found = (await this.devices?.enumerateDevices?.().catch(() => [])) ?? [];
    return Object.fromEntries(["audioinput", "videoinput", "audiooutput"].map((kind) => [kind, found.filter((one) => one.kind === kind && one.deviceId)]));
  }
}
