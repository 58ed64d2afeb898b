/** Plays the assistant's voice on this screen and reports how it ended. */

export class Speech {
  #current = null;
  #audio = null;

  /** @param {{finished: (utterance: string, ok: boolean) => void, blocked: (utterance: string, is: boolean) => void}} handlers */
  constructor(handlers, makeAudio = (url) => new Audio(url)) {
    this.handlers = handlers;
    this.makeAudio = makeAudio;
  }

  /** Follow the state: a new utterance starts, a missing one falls silent at once. */
  follow(speech) {
    const utterance = speech?.utterance ?? null;
    if (utterance === this.#current) return;
    this.#silence();
    this.#current = utterance;
    if (utterance !== null) this.#play(speech);
  }

  #play({ utterance, url }) {
    const audio = this.makeAudio(url);
    this.#audio = audio;
    let told = false;
    const finish = (ok) => {
      if (told || this.#audio !== audio) return;
      told = true;
      this.handlers.finished(utterance, ok);
    };
    audio.onended = () => finish(true);
    audio.onerror = () => finish(false);
    Promise.resolve(audio.play()).then(
      () => this.handlers.blocked(utterance, false),
      (error) => {
        if (this.#audio !== audio) return;
        if (error?.name === "NotAllowedError") this.handlers.blocked(utterance, true);
        finish(false);
      },
    );
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
