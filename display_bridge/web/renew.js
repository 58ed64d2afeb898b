/** Loads the page anew where it is of another version than the service: once a minute at most, so that it never spins. */

const KEY = "seoula.renewed";
const PAUSE_MS = 60_000;

const browser = () => ({ storage: window.sessionStorage, now: () => Date.now(), reload: () => location.reload() });

/** Returns whether it did. Without a storage nothing can be counted: the page then stays, and says what is wrong. */
export function renew({ storage, now, reload } = browser()) {
  try {
    if (now() - Number(storage.getItem(KEY) ?? -Infinity) < PAUSE_MS) return false;
    storage.setItem(KEY, String(now()));
  } catch {
    return false;
  }
  reload();
  return true;
}
