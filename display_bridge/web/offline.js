/** The last good picture of a screen, kept so that one that starts without the service is not blank. Public data only. */

const EVERY_MS = 5000;
const LONGEST_S = 7 * 86_400;
/** What of a state is a picture. What somebody said, was asked or was answered is not, and is never kept. */
const PICTURE = ["display", "shown", "view", "menu", "weather"];

const isPublic = (state) => state?.display?.trust === "public" && (state.view?.panel?.visibility ?? "public") === "public";

/** {save(state), load()}: the last good picture of a display. A storage that fails or lies costs only the picture. */
export function lastGood(role, id, storage, now = Date.now) {
  const key = `seoula.last.${role}.${id}`;
  let saved = -Infinity;
  return {
    /** Whether it was kept. An alert is not: hours later it would still look like one. */
    save(state) {
      if (!isPublic(state) || state.shown?.layer === "alert" || now() - saved < EVERY_MS) return false;
      saved = now();
      const picture = Object.fromEntries(PICTURE.filter((name) => name in state).map((name) => [name, state[name]]));
      try {
        storage.setItem(key, JSON.stringify({ at: now() / 1000, state: picture }));
        return true;
      } catch {
        return false;
      }
    },
    /** {at, state}, or null. */
    load() {
      try {
        const found = JSON.parse(storage.getItem(key));
        const age = now() / 1000 - found.at;
        return isPublic(found.state) && age < LONGEST_S ? found : null;
      } catch {
        return null;
      }
    },
    /** Keep nothing of it any more: this screen has come to see what is not public. */
    forget() {
      try {
        storage.removeItem(key);
      } catch {
        // Nothing is kept where there is no storage.
      }
    },
  };
}
