/** The media of a room: one connection that sends, and one for each other person; those are always offered by the server. */
import { paced } from "./pace.js";

/** A room has one codec of pictures, so that nobody must translate: VP8 first. Pure but for the browser's own list. */
export function vp8First(codecs) {
  return [...codecs.filter(({ mimeType }) => /vp8/i.test(mimeType)), ...codecs.filter(({ mimeType }) => !/vp8/i.test(mimeType))];
}

export class RoomMedia {
  #pub = null;
  #senders = {};
  #subs = new Map();
  #chains = new Map();
  #attempt = 0;
  #retry = null;
  #closed = false;
  #held = false;

  /**
   * @param {object} options local: LocalMedia. make(): an RTCPeerConnection. description(pc, description), candidate(pc, c):
   *   say it to the server. stream(feed, stream | null): what comes of a person. state(state). video: pictures, too.
   */
  constructor(options) {
    this.options = { later: (seconds, action) => setTimeout(action, seconds * 1000), cancel: (timer) => clearTimeout(timer), ...options };
  }

  /** Every connection there is, for its statistics. */
  get connections() {
    return [...(this.#pub ? [this.#pub] : []), ...[...this.#subs.values()].map(({ pc }) => pc)];
  }

  get receiving() {
    return this.#subs.size;
  }

  /** Send; called again, it is made anew: an engine may not be able to mend a connection. */
  async publish() {
    const { local, make } = this.options;
    this.#drop();
    if (this.#closed) return;
    const pc = make();
    this.#pub = pc;
    const stream = this.options.makeStream?.() ?? new MediaStream();
    const video = this.#picture();
    this.#senders.audio = pc.addTransceiver(this.#held ? "audio" : (local.audio ?? "audio"), { direction: "sendonly", streams: [stream] }).sender;
    const sending = pc.addTransceiver(video ?? "video", { direction: "sendonly", streams: [stream] });
    this.#senders.video = sending.sender;
    const codecs = globalThis.RTCRtpSender?.getCapabilities?.("video")?.codecs;
    if (codecs) sending.setCodecPreferences?.(vp8First(codecs));
    pc.onicecandidate = ({ candidate }) => this.options.candidate("pub", candidate ? (candidate.toJSON?.() ?? candidate) : null);
    pc.onconnectionstatechange = () => this.#pubState(pc);
    await pc.setLocalDescription();
    const { type, sdp } = pc.localDescription;
    if (pc === this.#pub) this.options.description("pub", { type, sdp });
  }

  #pubState(pc) {
    if (pc !== this.#pub || this.#closed) return;
    const state = pc.connectionState;
    if (state === "connected") {
      this.#attempt = 0;
      this.options.cancel(this.#retry);
      this.#retry = null;
      this.options.state("connected");
    } else if (state === "failed" || state === "disconnected") {
      this.options.state("mending");
      const wait = state === "failed" ? Math.min(8, 0.5 * 2 ** this.#attempt) : 5;
      this.#retry ??= this.options.later(wait, () => {
        this.#retry = null;
        this.#attempt += 1;
        if (this.#pub && this.#pub.connectionState !== "connected") this.publish();
      });
    }
  }

  /** What is seen of oneself: the screen that one shows, else the camera. */
  #picture() {
    const { local } = this.options;
    return this.#held ? null : (local.screen ?? local.video ?? null);
  }

  sync() {
    const wanted = { audio: this.#held ? null : this.options.local.audio, video: this.#picture() };
    for (const [name, track] of Object.entries(wanted)) {
      const sender = this.#senders[name];
      if (sender && sender.track !== track) sender.replaceTrack(track ?? null).catch(() => {});
    }
  }

  hold(on) {
    this.#held = on;
    this.sync();
  }

  /** A description from the server: the answer to what is sent, or the offer of somebody's media. feed: whose. */
  description(name, description, feed) {
    return this.#inTurn(name, async () => {
      if (this.#closed) return;
      if (name === "pub") {
        if (this.#pub?.signalingState === "have-local-offer") await this.#pub.setRemoteDescription({ type: description.type, sdp: paced(description.sdp) });
        return;
      }
      const { pc } = this.#sub(name, feed, description);
      await pc.setRemoteDescription(description);
      await pc.setLocalDescription();
      const { type, sdp } = pc.localDescription;
      this.options.description(name, { type, sdp });
    });
  }

  #sub(name, feed, { type }) {
    const known = this.#subs.get(name);
    if (known && type === "offer" && known.pc.signalingState !== "closed" && known.pc.connectionState !== "failed") return known;
    known?.pc.close();
    const pc = this.options.make();
    const one = { pc, feed: feed ?? known?.feed ?? name.slice("sub:".length) };
    this.#subs.set(name, one);
    // What of this person came over an older connection is replaced by this one.
    for (const [other, { feed: of, pc: old }] of this.#subs) {
      if (other !== name && of === one.feed) {
        old.close();
        this.#subs.delete(other);
      }
    }
    const stream = this.options.makeStream?.() ?? new MediaStream();
    pc.ontrack = ({ track }) => {
      stream.addTrack(track);
      this.options.stream(one.feed, stream);
    };
    pc.onicecandidate = ({ candidate }) => this.options.candidate(name, candidate ? (candidate.toJSON?.() ?? candidate) : null);
    return one;
  }

  candidate(name, candidate) {
    return this.#inTurn(name, async () => {
      const pc = name === "pub" ? this.#pub : this.#subs.get(name)?.pc;
      if (pc && candidate && pc.signalingState !== "closed") await pc.addIceCandidate(candidate);
    });
  }

  /** A person has left, or sends no more. */
  gone(feed) {
    for (const [name, one] of this.#subs) {
      if (one.feed !== feed) continue;
      one.pc.close();
      this.#subs.delete(name);
    }
    this.options.stream(feed, null);
  }

  close() {
    this.#closed = true;
    this.options.cancel(this.#retry);
    this.#drop();
    for (const { pc } of this.#subs.values()) pc.close();
    this.#subs.clear();
  }

  #drop() {
    if (this.#pub) {
      this.#pub.onconnectionstatechange = this.#pub.onicecandidate = null;
      this.#pub.close();
    }
    this.#pub = null;
    this.#senders = {};
  }

  /** What concerns one connection is done in the order in which it came. */
  #inTurn(name, work) {
    const done = (this.#chains.get(name) ?? Promise.resolve()).then(work).catch((error) => this.options.failed?.(error));
    this.#chains.set(name, done);
    return done;
  }
}
