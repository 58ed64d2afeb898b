/** What the wrist feels, milliseconds on and off. Pure: the watch compares two moments. */

export const PATTERNS = { hearing: [40], ok: [30, 60, 30], ask: [80, 60, 80], failed: [250], lost: [20, 40, 20, 40, 20] };
const GOOD = new Set(["shown", "answered", "calling"]);
const ASK = new Set(["asked", "ambiguous"]);

/** The pattern for a change, or null. A moment: {link, talking, outcome code or null, question id or null}. */
export function haptic(before, after) {
  if (before.link === "open" && after.link === "lost") return PATTERNS.lost;
  if (!before.talking && after.talking) return PATTERNS.hearing;
  if (after.question && after.question !== before.question) return PATTERNS.ask;
  if (!after.outcome || after.outcome === before.outcome) return null;
  if (ASK.has(after.outcome)) return PATTERNS.ask;
  return GOOD.has(after.outcome) ? PATTERNS.ok : PATTERNS.failed;
}
