/** Plays the assistant's voice on this screen, phrase after phrase as they come, and reports how it ended. */

export class Speech {
  #current = null;
  #audio = null;
  #urls = [];
  #complete = false;
  #made = [];
  #next = 0;
  #told = false;

  /** @param {{finished: (utterance: string, ok: boolean) => void, blocked: (utterance: string, is: boolean) => void}} handlers */
  constructor(handlers, makeAudio = (url) => new Audio(url)) {
    this.handlers = handlers;
    this.makeAudio = makeAudio;
  }

  /** Follow the state: a new utterance starts, more phrases of it go on, a missing one falls silent at once. */
  follow(speech) {
    const utterance = speech?.utterance ?? null;
    if (utterance !== this.#current) {
      this.#silence();
      this.#current = utterance;
      this.#made = [];
      this.#next = 0;
      this.#told = false;
    }
    if (utterance === null) return;
    this.#urls = speech.urls;
    this.#complete = speech.complete;
    this.#goOn();
  }

  /** The next phrase, if nothing sounds; the one after it is fetched meanwhile. */
  #goOn() {
    if (this.#told) return;
    if (this.#audio === null) {
      if (this.#next < this.#urls.length) this.#play(this.#fetched(this.#next++));
      else if (this.#complete) this.#finish(true);
    }
    if (this.#audio !== null && this.#next < this.#urls.length) this.#fetched(this.#next);
  }

  #fetched(n) {
    if (!this.#made[n]) {
      this.#made[n] = this.makeAudio(this.#urls[n]);
      this.#made[n].preload = "auto";
    }
    return this.#made[n];
  }

  #play(audio) {
    const utterance = this.#current;
    this.#audio = audio;
    const ended = (ok) => {
      if (this.#audio !== audio) return;
      this.#audio = null;
      if (ok) this.#goOn();
      else this.#finish(false);
    };
    audio.onended = () => ended(true);
    audio.onerror = () => ended(false);
    Promise.resolve(audio.play()).then(
      () => this.handlers.blocked(utterance, false),
      (error) => {
        if (this.#audio !== audio) return;
        if (error?.name === "NotAllowedError") this.handlers.blocked(utterance, true);
        ended(false);
      },
    );
  }

  #finish(ok) {
    this.#told = true;
    this.handlers.finished(this.#current, ok);
  }

  #silence() {
    const audio = this.#audio;
    this.#audio = null;
    if (!audio) return;
    audio.onended = null;
    audio.onerror = null;
    audio.pause();
  }
}
