/** The page's side of what the browser keeps of it: asks the service worker, and does without one where there is none. */

const ANSWER_S = 180;

/** Fetch every file of a build, so that a page that is opened anew finds them all. For browsers without a worker. */
export async function fetchAll(wanted, ask = fetch) {
  const answer = await ask("/shell.json", { cache: "no-store" });
  if (!answer.ok) return { ok: false, reason: "missing" };
  const { build, files } = await answer.json();
  if (wanted && build !== wanted) return { ok: false, reason: "another-build" };
  for (const path of Object.keys(files)) {
    const one = await ask(path, { cache: "no-cache" });
    if (!one.ok) return { ok: false, reason: "missing" };
    await one.arrayBuffer();
  }
  return { ok: true, build, kept: false };
}

/** Addresses of what may be kept among what a page has loaded; the worker decides what of it is. Pure. */
export function loadedPaths(entries, origin = globalThis.location?.origin) {
  const urls = entries.map(({ name }) => new URL(name, origin)).filter((url) => url.origin === origin);
  return [...new Set(urls.map(({ pathname }) => pathname).filter((path) => /^\/(vendor|web-data)\/|^\/api\/v1\/catalog$/.test(path)))];
}

export class Shell {
  #workers;
  #scope;
  #ask;

  /** workers: navigator.serviceWorker, absent on plain http from another machine. */
  constructor(role, workers = globalThis.navigator?.serviceWorker, ask = (...given) => fetch(...given)) {
    this.#workers = workers;
    this.#scope = `/screen/${role}/`;
    this.#ask = ask;
  }

  /** Let the service worker keep the page. Rejected nowhere: a screen without a worker works, too. */
  async begin() {
    if (!this.#workers) return;
    const made = await this.#workers.register("/sw.js", { scope: this.#scope, updateViaCache: "none" }).catch(() => null);
    if (!made) return;
    await this.#workers.ready;
    // What this page fetched before the worker was there (typefaces, the map) passed it by.
    const paths = loadedPaths(performance.getEntriesByType("resource"));
    const worker = await this.#worker();
    if (worker && paths.length) await this.#tell(worker, { op: "keep", paths });
  }

  /** Fetch all of a build: {ok, build, kept} or {ok: false, reason}. Never throws. kept: it opens without a network. */
  async prepare(build) {
    try {
      const worker = await this.#worker();
      if (!worker) return await fetchAll(build, this.#ask);
      const made = await this.#tell(worker, { op: "prepare", build });
      if (made.ok) return { ...made, kept: true };
      // A full storage must not hold a screen at an old build for ever: it then lives without a copy.
      return made.reason === "quota" ? await fetchAll(build, this.#ask) : made;
    } catch (error) {
      return { ok: false, reason: String(error?.message ?? error) };
    }
  }

  /** Let the worker fetch what it lacks of a build; without one there is nothing to lack. */
  async tend(build) {
    const worker = await this.#worker();
    if (worker) await this.#tell(worker, { op: "prepare", build });
  }

  /** The next page is opened from this build. */
  async take(build, kept) {
    const worker = await this.#worker();
    if (worker) await this.#tell(worker, kept ? { op: "switch", build } : { op: "forget" });
  }

  async #worker() {
    const found = await this.#workers?.getRegistration(this.#scope).catch(() => null);
    return found?.active ?? null;
  }

  #tell(worker, message) {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      const timer = setTimeout(() => resolve({ ok: false, reason: "timeout" }), ANSWER_S * 1000);
      port1.onmessage = ({ data }) => {
        clearTimeout(timer);
        port1.close();
        resolve(data);
      };
      worker.postMessage(message, [port2]);
    });
  }
}
