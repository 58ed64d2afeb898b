/** Whether a screen is in use: what it must not be disturbed in, and what brings its light back. Pure. */
import { BUSY } from "./phases.js";

/** Seconds without a touch and without a voice after which nobody is there. */
export const QUIET_S = 60;

/** Something that every screen shows at once stands on this one, or above it. */
export const alerted = (state) => Boolean(state?.shown?.layer === "alert" || state?.banner || state?.incidents?.length);

/** Somebody speaks with the assistant, or it with them. */
export const talking = (state, local) => Boolean(BUSY.has(state?.assistant?.phase) || state?.speech || state?.question || local.talking || local.sending);

/**
 * Why the screen must be left as it is, or null. seen: {touchedAt, spokeAt} seconds of the clock of `now`;
 * page: {dialog, typing, hidden} as they are on the page. Of a page that nobody can see no touch counts, but what was
 * begun on it does.
 */
export function inUse({ state, local, seen, page }, now) {
  if (talking(state, local)) return "voice";
  if (alerted(state)) return "alert";
  if (page.dialog || state?.overlay || local.chooser) return "dialog";
  if (page.typing || local.text || local.query) return "text";
  if (state?.shown?.layer === "command") return "shown";
  if (page.hidden) return null;
  if (now - seen.touchedAt < QUIET_S) return "touch";
  if (now - seen.spokeAt < QUIET_S) return "voice";
  return null;
}

/** Remembers when a page was last touched and last spoken with. */
export class Use {
  constructor(now) {
    this.seen = { touchedAt: now, spokeAt: -Infinity };
  }

  touch(now) {
    this.seen.touchedAt = now;
  }

  /** To be called at each change of the state. */
  follow(state, local, now) {
    if (talking(state, local)) this.seen.spokeAt = now;
  }
}

/** What only the page itself knows. */
export function pageNow(root = document) {
  const field = root.activeElement;
  return {
    dialog: Boolean(root.querySelector("[role=dialog], [role=alertdialog], dialog[open], .call-view, .call-line")),
    typing: Boolean(field?.matches?.("input, textarea") && field.value),
    hidden: root.hidden,
  };
}
