/**
 * How a screen gets a new build of its page: fetched as a whole while the old one works on, and taken into use when
 * nobody uses the screen. Knows neither sockets nor storage: `deps` brings them.
 */

const LOOK_S = 5;
const FIRST_RETRY_S = 10;
const LONGEST_RETRY_S = 300;

export class Updater {
  #deps;
  #own;
  #wanted = null;
  #ready = false;
  #fetching = false;
  #timer = null;
  #attempt = 0;

  /**
   * @param {string} own the build this page is of, "" where it does not know
   * @param {{prepare: (build: string|null) => Promise<{ok: boolean, build?: string, kept?: boolean}>,
   *   tend: (build: string) => void, take: (build: string, kept: boolean) => Promise<void>, idle: () => boolean, reload: (build: string) => boolean,
   *   later: (seconds: number, action: () => void) => any, cancel: (timer: any) => void, random?: () => number}} deps
   *   prepare: fetch all of a build (null: whatever the service has); never throws. tend: mend what the browser keeps of
   *   this page's own build. take: the next page is opened from a build. reload: false where it was too soon to do so again.
   */
  constructor(own, deps) {
    this.#own = own;
    this.#deps = { random: Math.random, ...deps };
  }

  /** The service says which build it has. Called at every welcome; the same build's own files are looked after, too. */
  told(build) {
    if (!build || !this.#own) return;
    if (build === this.#own) {
      this.#wanted = null;
      this.#ready = false;
      this.#deps.cancel(this.#timer);
      // What is missing of our own build in the browser's store is fetched while the service is there.
      this.#deps.tend(build);
      return;
    }
    if (build !== this.#wanted) {
      this.#wanted = build;
      this.#ready = false;
      this.#attempt = 0;
    }
    if (!this.#ready && !this.#fetching) this.#fetch();
  }

  /** The service does not speak with this page any more: nothing of it works, so there is nothing to wait for. */
  async outdated() {
    if (this.#fetching) return;
    this.#fetching = true;
    const made = await this.#deps.prepare(null);
    this.#fetching = false;
    // What could not be fetched as a whole now is asked for by the next refusal.
    if (!made.ok || made.build === this.#own) return;
    await this.#deps.take(made.build, made.kept);
    this.#deps.reload(made.build);
  }

  /** The page is left by itself: the next one may be of the new build. */
  leaving() {
    if (this.#ready) this.#deps.take(this.#wanted, this.#ready.kept);
  }

  async #fetch() {
    this.#deps.cancel(this.#timer);
    this.#fetching = true;
    const wanted = this.#wanted;
    const made = await this.#deps.prepare(wanted);
    this.#fetching = false;
    if (wanted !== this.#wanted) {
      if (this.#wanted) this.#fetch();
      return;
    }
    if (made.ok) {
      this.#ready = made;
      this.#look();
      return;
    }
    const delay = Math.min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** this.#attempt) * (0.7 + 0.3 * this.#deps.random());
    this.#attempt += 1;
    this.#timer = this.#deps.later(delay, () => this.#wanted && !this.#fetching && this.#fetch());
  }

  async #look() {
    if (!this.#ready) return;
    if (this.#deps.idle()) {
      const build = this.#wanted;
      await this.#deps.take(build, this.#ready.kept);
      // Between the two somebody may have come: then it waits, and nothing was lost.
      if (this.#wanted === build && this.#deps.idle() && this.#deps.reload(build)) return;
    }
    this.#timer = this.#deps.later(LOOK_S, () => this.#look());
  }
}
