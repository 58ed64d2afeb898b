/** The citizens' page as an app: its shell is kept by the service worker, its last good picture here. Public data only. */

const EVERY_MS = 5000;

/** {save(state), load()}: the last good state of a display. A storage that fails or lies costs only the picture. */
export function lastGood(id, storage, now = Date.now) {
  const key = `seoula.last.web.${id}`;
  let saved = -Infinity;
  return {
    save(state) {
      if (state?.display?.trust !== "public" || now() - saved < EVERY_MS) return false;
      saved = now();
      try {
        storage.setItem(key, JSON.stringify({ at: now() / 1000, state }));
        return true;
      } catch {
        return false;
      }
    },
    load() {
      try {
        const found = JSON.parse(storage.getItem(key));
        return found?.state?.display?.trust === "public" ? found : null;
      } catch {
        return null;
      }
    },
  };
}

/** Let the service worker keep the shell. */
export function keepShell() {
  navigator.serviceWorker?.register("/sw.js", { scope: "/screen/web/" }).catch(() => {});
}
