/** How good a connection is, from readings of getStats. Pure: statistics in, a grade out. */

/** Worse is shown at the second bad reading, better at the third good one: a badge must not flicker. */
const WORSE_AFTER = 2;
const BETTER_AFTER = 3;
const RANK = { good: 0, fair: 1, poor: 2 };

/**
 * One reading of all that is received over a connection, from the entries of an RTCStatsReport.
 * {received, lost: packets so far; jitter, rtt: seconds; frames: pictures decoded so far; energy: sound so far}
 */
export function reading(entries) {
  const found = { received: 0, lost: 0, jitter: 0, rtt: 0, frames: 0, energy: 0 };
  for (const one of entries) {
    if (one.type === "inbound-rtp") {
      found.received += one.packetsReceived ?? 0;
      found.lost += Math.max(0, one.packetsLost ?? 0);
      found.jitter = Math.max(found.jitter, one.jitter ?? 0);
      found.frames += one.framesDecoded ?? 0;
      found.energy += one.totalAudioEnergy ?? 0;
    } else if (one.type === "candidate-pair" && (one.nominated || one.selected) && one.state === "succeeded") {
      found.rtt = Math.max(found.rtt, one.currentRoundTripTime ?? 0);
    } else if (one.type === "remote-inbound-rtp") {
      found.rtt = Math.max(found.rtt, one.roundTripTime ?? 0);
    }
  }
  return found;
}

/** The grade of what came between two readings, null where nothing was expected to come. */
export function grade(before, now, expecting = true) {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  if (received < 0) return null;
  if (received + lost === 0) return expecting ? "poor" : null;
  const share = lost / (received + lost);
  if (share > 0.08 || now.rtt > 0.6) return "poor";
  if (share > 0.02 || now.rtt > 0.25 || now.jitter > 0.06) return "fair";
  return "good";
}

/** A grade that does not flicker. */
export class Quality {
  #shown = null;
  #before = null;
  #asked = null;
  #times = 0;

  /** Take the next reading; returns the grade to show: "good", "fair", "poor", or null before there is one. */
  add(now, expecting = true) {
    const before = this.#before;
    this.#before = now;
    if (!before) return this.#shown;
    const found = grade(before, now, expecting);
    if (!found || found === this.#shown) {
      this.#times = 0;
      return this.#shown;
    }
    this.#times = found === this.#asked ? this.#times + 1 : 1;
    this.#asked = found;
    const needed = this.#shown === null ? 1 : RANK[found] > RANK[this.#shown] ? WORSE_AFTER : BETTER_AFTER;
    if (this.#times >= needed) {
      this.#shown = found;
      this.#times = 0;
    }
    return this.#shown;
  }
}
