/** Loads the page anew where it is of another build than the service: once a minute at most, for the same build ever
 *  more seldom, so that it never spins. */

const KEY = "seoula.renewed";
const PAUSE_MS = 60_000;
const LONGEST_MS = 3_600_000;

const browser = () => ({ storage: window.sessionStorage, now: () => Date.now(), reload: () => location.reload() });

/** Returns whether it did. Without a storage nothing can be counted: the page then stays, and says what is wrong. */
export function renew({ storage, now, reload } = browser(), build = "") {
  try {
    const last = read(storage.getItem(KEY));
    const times = last.build === build ? last.times : 0;
    const pause = Math.min(LONGEST_MS, PAUSE_MS * 2 ** Math.max(0, times - 1));
    // A clock that was set back must not hold the page for longer than the pause.
    if (Math.abs(now() - last.at) < pause && last.at) return false;
    storage.setItem(KEY, JSON.stringify({ at: now(), build, times: times + 1 }));
  } catch {
    return false;
  }
  reload();
  return true;
}

function read(text) {
  try {
    const { at, build, times } = JSON.parse(text) ?? {};
    return { at: Number(at) || 0, build: String(build ?? ""), times: Number(times) || 0 };
  } catch {
    return { at: 0, build: "", times: 0 };
  }
}
