/** A connection between two browsers: one's own tracks on it, the other's streams from it, mended when it breaks. */
import { Negotiation } from "./negotiation.js";
import { Recovery } from "./recovery.js";

/** Take other servers for what is gathered from now on. A connection that is closed needs none. */
export function configure(pc, ice) {
  if (pc.signalingState !== "closed") pc.setConfiguration?.({ ...pc.getConfiguration?.(), iceServers: ice });
}

/** Whether media goes through a relay of ours, from the entries of an RTCStatsReport. Pure. */
export function relayed(entries) {
  const byId = new Map(entries.map((one) => [one.id, one]));
  const pair = entries.find((one) => one.type === "candidate-pair" && one.state === "succeeded" && (one.nominated || one.selected));
  return byId.get(pair?.localCandidateId)?.candidateType === "relay";
}

export class PeerLink {
  #senders = {};
  #streams = {};
  #kinds = {};
  #started = false;
  #ready;
  #held = false;
  #answered = false;

  /**
   * @param {RTCPeerConnection} pc
   * @param {object} options
   *   polite: whether this end gives way; the other begins. local: LocalMedia. video: whether pictures belong to the call.
   *   ready: a promise that resolves when one's own devices are there, or are known not to be.
   *   description({type, sdp}, {msid: "camera"|"screen"}), candidate(c): say it to the other end.
   *   streams(kind, stream): a stream of the other end. state("connected" | "mending" | "lost").
   */
  constructor(pc, options) {
    this.pc = pc;
    this.options = options;
    this.#ready = options.ready;
    const makeStream = options.makeStream ?? (() => new MediaStream());
    this.#streams = { camera: makeStream(), screen: makeStream() };
    this.negotiation = new Negotiation(pc, {
      polite: options.polite,
      send: (description) => options.description(description, { [this.#streams.camera.id]: "camera", [this.#streams.screen.id]: "screen" }),
      candidate: options.candidate,
      prepare: () => {
        this.#answered = true;
        this.#answerInKind();
      },
      failed: options.failed,
    });
    this.recovery = new Recovery({
      mend: () => {
        options.state("mending");
        this.pc.restartIce();
      },
      giveUp: () => options.state("lost"),
      later: options.later ?? ((seconds, action) => setTimeout(action, seconds * 1000)),
      cancel: options.cancel ?? ((timer) => clearTimeout(timer)),
    });
    pc.ontrack = ({ streams, track }) => {
      const [stream] = streams;
      if (stream) options.streams(this.#kinds[stream.id] ?? "camera", stream, track);
    };
    pc.oniceconnectionstatechange = () => {
      const state = pc.iceConnectionState;
      this.recovery.state(state);
      if (state === "connected" || state === "completed") options.state("connected");
    };
  }

  /**
   * The end that is not polite offers; the polite one waits for the offer. Neither waits for its devices: the way is made
   * first, and their tracks are put on it when they are there.
   */
  start() {
    this.#started = true;
    if (!this.options.polite) {
      this.#place("audio");
      if (this.options.video) this.#place("video");
    }
    this.#ready.then(() => this.sync());
  }

  /** A place for a track of one's own, filled now or later; who has no camera still wants to see. */
  #place(kind) {
    const track = this.#held ? null : this.options.local[kind];
    this.#senders[kind] = this.pc.addTransceiver(track ?? kind, { direction: "sendrecv", streams: [this.#streams.camera] }).sender;
  }

  /** What the other end offers to send one may send, too. */
  #answerInKind() {
    for (const one of this.pc.getTransceivers()) {
      const kind = one.receiver.track.kind;
      if (this.#senders[kind] || one.sender.track || one.direction !== "recvonly") continue;
      one.direction = "sendrecv";
      one.sender.setStreams?.(this.#streams.camera);
      this.#senders[kind] = one.sender;
    }
    this.sync();
  }

  /** Bring what is sent in line with one's own devices; on hold nothing is. */
  sync() {
    if (!this.#started || this.pc.signalingState === "closed") return;
    const { local } = this.options;
    for (const [name, group] of [["audio", "camera"], ["video", "camera"], ["screen", "screen"]]) {
      const track = this.#held ? null : local[name];
      const sender = this.#senders[name];
      if (sender) {
        if (sender.track !== track) sender.replaceTrack(track).catch((error) => this.options.failed?.(error));
      } else if (track && (name === "screen" || !this.options.polite || this.#answered)) this.#senders[name] = this.pc.addTrack(track, this.#streams[group]);
    }
  }

  hold(on) {
    this.#held = on;
    this.sync();
  }

  /** A description of the other end, with what its streams are. */
  description(description, kinds = {}) {
    Object.assign(this.#kinds, kinds ?? {});
    return this.negotiation.description(description);
  }

  candidate(candidate) {
    return this.negotiation.candidate(candidate);
  }

  /** Fresh credentials. A relay holds only as long as the ones it was asked for with: its way is made anew. */
  async renewIce(ice) {
    configure(this.pc, ice);
    const report = await this.pc.getStats().catch(() => new Map());
    if (relayed([...report.values()]) && this.pc.signalingState !== "closed") this.pc.restartIce();
  }

  online() {
    this.recovery.online(this.pc.iceConnectionState);
  }

  close() {
    this.recovery.stop();
    this.negotiation.close();
    this.pc.ontrack = this.pc.oniceconnectionstatechange = null;
    this.pc.close();
  }
}
