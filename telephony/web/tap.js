/** One's own voice for the captions of a call between two browsers: a connection to the server that only sends sound. */

export class Tap {
  #pc = null;
  #sender = null;

  /** options: make(), local, description(pc, description), candidate(pc, c) */
  constructor(options) {
    this.options = options;
  }

  get open() {
    return Boolean(this.#pc);
  }

  get connections() {
    return this.#pc ? [this.#pc] : [];
  }

  async start() {
    if (this.#pc || !this.options.local.audio) return;
    const pc = this.options.make();
    this.#pc = pc;
    this.#sender = pc.addTransceiver(this.options.local.audio, { direction: "sendonly" }).sender;
    pc.onicecandidate = ({ candidate }) => this.options.candidate("tap", candidate ? (candidate.toJSON?.() ?? candidate) : null);
    pc.onconnectionstatechange = () => {
      // Whoever wrote it down is gone: who comes in his place is sent the voice anew.
      if (pc !== this.#pc || pc.connectionState !== "failed") return;
      this.close();
      this.start();
    };
    await pc.setLocalDescription();
    const { type, sdp } = pc.localDescription;
    if (pc === this.#pc) this.options.description("tap", { type, sdp });
  }

  sync() {
    const { audio } = this.options.local;
    if (this.#sender && this.#sender.track !== audio) this.#sender.replaceTrack(audio ?? null).catch(() => {});
  }

  async description(description) {
    if (this.#pc?.signalingState === "have-local-offer") await this.#pc.setRemoteDescription(description);
  }

  async candidate(candidate) {
    if (this.#pc && candidate) await this.#pc.addIceCandidate(candidate);
  }

  close() {
    this.#pc?.close();
    this.#pc = this.#sender = null;
  }
}
