/** `<seoula-cover>`: a book's cover, fetched with this screen's token, which no address may hold. Set `.cover = {url, title}`. */
import { authorization } from "./credentials.js";

export class Cover extends (globalThis.HTMLElement ?? Object) {
  #cover = null;
  #url = null;

  set cover(cover) {
    const before = this.#cover?.url;
    this.#cover = cover;
    if (this.isConnected && before !== cover.url) this.#load();
  }

  connectedCallback() {
    if (this.#cover) this.#load();
  }

  disconnectedCallback() {
    this.#forget();
  }

  async #load() {
    const { url, title } = this.#cover;
    this.#forget();
    try {
      const response = await fetch(url, { headers: authorization() });
      if (!response.ok || this.#cover.url !== url || !this.isConnected) return;
      this.#url = URL.createObjectURL(await response.blob());
      this.replaceChildren(Object.assign(document.createElement("img"), { src: this.#url, alt: title }));
    } catch {
      this.replaceChildren(); // the book stands beside it all the same
    }
  }

  #forget() {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.replaceChildren?.();
  }
}

if (globalThis.customElements && !customElements.get("seoula-cover")) customElements.define("seoula-cover", Cover);
