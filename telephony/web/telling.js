/** What a change of a call sounds like and is read out as. Pure: two pictures in, words out. */
import { cw, nameOf, reasonWords } from "./words.js";

const LISTENED = [["mic", "mute", "unmute"], ["cam", "cameraOff", "cameraOn"], ["screen", "unshare", "share"], ["hand", "handDown", "hand"]];

/** {text, urgent} of what is to be read to somebody who does not look, or null. */
export function spoken(before, after) {
  const rang = new Set(before.incoming.map(({ call }) => call));
  const fresh = after.incoming.find(({ call }) => !rang.has(call));
  if (fresh) {
    const what = [fresh.urgent ? cw("incomingUrgent") : "", fresh.media === "audio" ? cw("incomingVoice") : cw("incomingVideo"), nameOf(fresh.from), fresh.about?.title ?? ""];
    return { text: `${what.filter(Boolean).join(". ")}. ${cw("keys")}`, urgent: true };
  }
  if (after.announced && !before.announced) return { text: `${cw("announced")}: ${nameOf(after.announced.to)}. ${cw("announcedHint")}`, urgent: true };
  if (after.ended && after.ended !== before.ended) return { text: reasonWords(after.ended.reason), urgent: false };
  const [one, other] = [before.call, after.call];
  if (!other || one?.id !== other.id) return other && ["placing", "ringing"].includes(other.phase) ? { text: `${nameOf(other.peer)} ${cw("placing")}`, urgent: false } : null;
  if (one.phase !== other.phase && other.phase === "ringing") return { text: `${nameOf(other.peer)} ${cw("ringing")}`, urgent: false };
  if (one.phase !== other.phase && other.phase === "active") return { text: `${cw("inCall")}: ${nameOf(other.peer)}`, urgent: false };
  if (one.held !== other.held) return { text: other.held ? cw("held") : cw("inCall"), urgent: false };
  if (one.heldBy !== other.heldBy) return { text: other.heldBy ? cw("heldBy") : cw("inCall"), urgent: false };
  if (one.captions.on !== other.captions.on) return { text: other.captions.on ? cw("captionsAre") : `${cw("captions")} ${cw("close")}`, urgent: false };
  for (const [name, off, on] of LISTENED) {
    if (one.mine[name] !== other.mine[name]) return { text: cw(other.mine[name] ? on : off), urgent: false };
  }
  return null;
}
