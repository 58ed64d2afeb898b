/** What the phases of the assistant mean to the page. Pure. */

/** The assistant has something under way. */
export const BUSY = new Set(["standby", "hearing", "deciding", "asking", "acting", "speaking", "follow_up"]);

const TELL_S = 12;

/** Seconds for which "nobody called" can still be said: null while what the wake word began goes on, 0 when it cannot. */
export function tellFor(assistant, now) {
  if (!assistant?.woken) return 0;
  if (BUSY.has(assistant.phase)) return null;
  return Math.max(0, TELL_S - Math.max(0, now - (assistant.since ?? now)));
}
