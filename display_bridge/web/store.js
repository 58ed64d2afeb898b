/** The page's one place for what it knows: the screen's state from the server and the page's own small state. */

export class Store {
  #listeners = new Set();
  #queued = false;

  constructor(local) {
    /** The state document of the server, null before the first snapshot. */
    this.state = null;
    /** What only this page knows: connection, open sheet, language, ... */
    this.local = local;
  }

  /** Replace the server's state and draw at once; an error in drawing reaches the caller. */
  setState(state) {
    this.state = state;
    this.#tell();
  }

  /** Change some of the page's own fields. */
  setLocal(changes) {
    this.local = { ...this.local, ...changes };
    this.#queue();
  }

  /** Call `listener(store)` after every change. */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  #queue() {
    if (this.#queued) return;
    this.#queued = true;
    // A microtask, not a frame: a hidden page stays current too.
    queueMicrotask(() => {
      this.#queued = false;
      this.#tell();
    });
  }

  #tell() {
    for (const listener of this.#listeners) listener(this);
  }
}
