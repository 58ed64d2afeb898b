/** How two ends agree on what is sent between them. */
import { paced } from "./pace.js";

/**
 * Perfect negotiation: the two ends agree, also when both change something in the same moment: the polite one
 * takes its own offer back, the other goes on as if nothing had come.
 */
export class Negotiation {
  #offering = false;
  #ignoring = false;
  #answering = false;
  #chain = Promise.resolve();
  #closed = false;

  /**
   * @param {RTCPeerConnection} pc
   * @param {{polite: boolean, send: (description: {type: string, sdp: string}) => void, candidate: (c: object|null) => void,
   *   prepare?: () => void, failed?: (error: Error) => void}} options prepare: called between an offer and its answer.
   */
  constructor(pc, options) {
    this.pc = pc;
    this.options = options;
    pc.onnegotiationneeded = () => this.#offer();
    pc.onicecandidate = ({ candidate }) => this.options.candidate(candidate ? (candidate.toJSON?.() ?? candidate) : null);
  }

  async #offer() {
    if (this.#closed) return;
    this.#offering = true;
    try {
      await this.pc.setLocalDescription();
      this.#say();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#offering = false;
    }
  }

  /** Take a description of the other end. Descriptions are taken one after another, in the order they came. */
  description(description) {
    this.#chain = this.#chain.then(() => this.#take(description)).catch((error) => this.#failed(error));
    return this.#chain;
  }

  async #take(description) {
    if (this.#closed) return;
    const { pc } = this;
    const ready = !this.#offering && (pc.signalingState === "stable" || this.#answering);
    this.#ignoring = description.type === "offer" && !ready && !this.options.polite;
    if (this.#ignoring) return;
    // An answer to an offer that was taken back answers nothing any more.
    if (description.type === "answer" && pc.signalingState !== "have-local-offer") return;
    this.#answering = description.type === "answer";
    try {
      await pc.setRemoteDescription({ type: description.type, sdp: paced(description.sdp ?? "") });
    } finally {
      this.#answering = false;
    }
    if (description.type !== "offer") return;
    this.options.prepare?.();
    await pc.setLocalDescription();
    this.#say();
  }

  /** Take a candidate of the other end; null: there are no more. */
  candidate(candidate) {
    this.#chain = this.#chain
      .then(() => (this.#closed || !candidate ? undefined : this.pc.addIceCandidate(candidate)))
      .catch((error) => this.#ignoring || this.#failed(error));
    return this.#chain;
  }

  /** The line to the other end was away: an offer that may never have arrived is said once more. */
  repeat() {
    if (!this.#closed && this.pc.signalingState === "have-local-offer") this.#say();
  }

  close() {
    this.#closed = true;
    this.pc.onnegotiationneeded = this.pc.onicecandidate = null;
  }

  #say() {
    const { type, sdp } = this.pc.localDescription ?? {};
    if (sdp && !this.#closed) this.options.send({ type, sdp });
  }

  #failed(error) {
    if (!this.#closed) this.options.failed?.(error);
  }
}
