/** Sums behind the waterfall of a run. Pure. */

/** How long the picture must be, ms: the end of the last stage or event, at least 1. */
export function spanOf(run) {
  const ends = [...(run.stages ?? []).map(({ end_ms }) => end_ms), ...(run.events ?? []).map(({ t_ms }) => t_ms)];
  return Math.max(1, ...ends.filter(Number.isFinite));
}

/** Round marks for a scale of `span` ms, about six of them. */
export function ticksOf(span) {
  const rough = span / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough);
  const ticks = [];
  for (let at = 0; at <= span; at += step) ticks.push(Math.round(at * 1000) / 1000);
  return ticks;
}
