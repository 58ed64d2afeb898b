/** What a page of calls needs of its browser; tests put something else in its place. */
import { soon } from "./soon.js";

export const browser = () => ({
  soon,
  // One path for everything: half as many candidates to tell and to try.
  peer: (configuration) => new RTCPeerConnection({ bundlePolicy: "max-bundle", ...configuration }),
  now: () => performance.now() / 1000,
  uuid: () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  later: (seconds, action) => setTimeout(action, seconds * 1000),
  cancel: (timer) => clearTimeout(timer),
  pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
});
