/**
 * `<seoula-paper>`: pages of a PDF by pdf.js, each a canvas with its text over it for screen readers.
 * Set `.paper = {url, page, pages, title, zoom, spread, body, words}`; it draws the page and, where there is room and
 * `spread` allows, the next one beside it. Pages that are not shown any more are released at once. Where the style
 * says `--least-letter`, in rem, a page is drawn so large that its letters are no smaller, and scrolls.
 */
import { authorization } from "./credentials.js";

const VENDOR = "/vendor/pdfjs-dist";
/** More pixels than this are not drawn for one page: 4K at twice the size is enough for every eye. */
const MOST_PIXELS = 16_000_000;
const SWIPE = 60;

let library = null;

/** pdf.js, loaded when the first document opens. */
async function pdfjs() {
  library ??= import("pdfjs-dist").then((module) => {
    module.GlobalWorkerOptions.workerSrc = `${VENDOR}/build/pdf.worker.min.mjs`;
    return module;
  });
  try {
    return await library;
  } catch (error) {
    library = null;
    throw error;
  }
}

/** Why a document cannot be read: a word of ours for what pdf.js or the server said. */
export function failureOf(error) {
  if (error?.name === "InvalidPDFException") return "damaged";
  if (error?.status === 401 || error?.status === 403) return "forbidden";
  if (error?.status === 404 || error?.status === 503) return "missing";
  if (error?.name === "PasswordException") return "locked";
  return "unreachable";
}

/** How large pages are drawn: CSS pixels per point, and how many stand side by side. */
export function fit({ width, height }, page, { zoom = 1, spread = true, gap = 16 } = {}) {
  const two = spread && zoom <= 1 && width >= height * 1.2 && (2 * page.width) / page.height < (width - gap) / height * 1.25;
  const room = two ? (width - gap) / 2 : width;
  const whole = Math.min(room / page.width, height / page.height);
  return { scale: zoom > 1 ? Math.min(room / page.width, whole * zoom) * (zoom > 2 ? zoom / 2 : 1) : whole, pages: two ? 2 : 1 };
}

/** The scale at which a page's smallest letters reach `least` CSS pixels, no wider than `width`; never below `scale`. */
export function legible(scale, sizes, least, page, width) {
  const smallest = Math.min(...sizes);
  if (!(least > 0) || !Number.isFinite(smallest) || smallest * scale >= least) return scale;
  return Math.max(scale, Math.min(least / smallest, width / page.width));
}

export class Paper extends (globalThis.HTMLElement ?? Object) {
  #paper = null;
  #task = null;
  #document = null;
  #url = null;
  #shown = new Map();
  #drawing = 0;
  #watch = new ResizeObserver(() => this.#draw());
  #down = null;

  set paper(paper) {
    const before = this.#paper;
    this.#paper = paper;
    if (!this.isConnected) return;
    if (paper.url !== this.#url) this.#open();
    else if (!before || before.page !== paper.page || before.zoom !== paper.zoom || before.spread !== paper.spread) this.#draw();
  }

  connectedCallback() {
    this.#watch.observe(this);
    this.addEventListener("pointerdown", this.#pressed);
    this.addEventListener("pointerup", this.#released);
    if (this.#paper) this.#open();
  }

  disconnectedCallback() {
    this.#watch.disconnect();
    this.removeEventListener("pointerdown", this.#pressed);
    this.removeEventListener("pointerup", this.#released);
    this.#close();
  }

  #close() {
    this.#drawing += 1;
    this.#url = null;
    for (const number of [...this.#shown.keys()]) this.#release(number);
    this.#document = null;
    const task = this.#task;
    this.#task = null;
    task?.destroy().catch(() => {});
  }

  async #open() {
    this.#close();
    const { url } = this.#paper;
    this.#url = url;
    this.#say("loading");
    try {
      const { getDocument } = await pdfjs();
      if (this.#url !== url) return;
      const task = getDocument({
        url,
        httpHeaders: authorization(),
        cMapUrl: `${VENDOR}/cmaps/`,
        standardFontDataUrl: `${VENDOR}/standard_fonts/`,
        wasmUrl: `${VENDOR}/wasm/`,
        useWasm: false,
        disableAutoFetch: true,
        enableXfa: false,
      });
      this.#task = task;
      const document = await task.promise;
      if (this.#url !== url) return;
      this.#document = document;
      await this.#draw();
    } catch (error) {
      if (this.#url === url) this.#say(failureOf(error));
    }
  }

  /** A word about the document in place of its pages; its plain text beneath, where there is one. */
  #say(word) {
    this.dataset.state = word;
    for (const number of [...this.#shown.keys()]) this.#release(number);
    const { words, body = [] } = this.#paper;
    const notice = document.createElement("p");
    notice.className = word === "loading" ? "notice waiting" : "notice";
    notice.setAttribute("role", word === "loading" ? "status" : "alert");
    notice.textContent = words[word] ?? word;
    const texts = word === "loading" ? [] : body.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    this.replaceChildren(notice, ...texts);
  }

  async #draw() {
    const source = this.#document;
    const paper = this.#paper;
    const box = { width: this.clientWidth, height: this.clientHeight };
    if (!source || !box.width || !box.height) return;
    const drawing = (this.#drawing += 1);
    try {
      const first = Math.min(Math.max(1, paper.page), source.numPages);
      const page = await source.getPage(first);
      if (drawing !== this.#drawing) return;
      const size = page.getViewport({ scale: 1 });
      const whole = fit(box, size, paper);
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const least = parseFloat(getComputedStyle(this).getPropertyValue("--least-letter")) * rem;
      const sizes = least > 0 ? lettersOf(await page.getTextContent()).map((one) => one.size) : [];
      if (drawing !== this.#drawing) return;
      const scale = legible(whole.scale, sizes, least, size, box.width);
      const pages = scale > whole.scale ? 1 : whole.pages;
      const wanted = [first, ...(pages === 2 && first < source.numPages ? [first + 1] : [])];
      const sheets = await Promise.all(wanted.map((number) => this.#sheet(source, number, scale)));
      if (drawing !== this.#drawing) {
        for (const sheet of sheets) if (![...this.#shown.values()].includes(sheet)) empty(sheet);
        return;
      }
      for (const number of [...this.#shown.keys()]) if (!sheets.includes(this.#shown.get(number))) this.#release(number);
      sheets.forEach((sheet, index) => this.#shown.set(wanted[index], sheet));
      this.dataset.state = "shown";
      this.toggleAttribute("data-over", scale > whole.scale);
      if (this.dataset.pages !== wanted.join(" ")) this.scrollTop = 0;
      this.dataset.pages = wanted.join(" ");
      this.replaceChildren(...sheets.map(({ element }) => element));
      source.cleanup().catch(() => {});
    } catch (error) {
      if (drawing === this.#drawing) this.#say(failureOf(error));
    }
  }

  /** One page as an element: its canvas and its text. A page that stands already at this scale is kept. */
  async #sheet(source, number, scale) {
    const before = this.#shown.get(number);
    const density = Math.min(2, globalThis.devicePixelRatio || 1);
    if (before?.scale === scale && before.density === density) return before;
    const page = await source.getPage(number);
    const viewport = page.getViewport({ scale });
    const sharp = Math.min(density, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(viewport.width * sharp);
    canvas.height = Math.round(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    const element = document.createElement("div");
    element.className = "leaf";
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", `${this.#paper.title} ${this.#paper.words.page(number)}`);
    element.style.width = `${viewport.width}px`;
    element.style.height = `${viewport.height}px`;
    const text = textLayer(await page.getTextContent(), viewport);
    await page.render({ canvas, viewport, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0] }).promise;
    element.append(canvas, text);
    page.cleanup();
    return { element, canvas, scale, density };
  }

  #release(number) {
    const sheet = this.#shown.get(number);
    this.#shown.delete(number);
    if (sheet) empty(sheet);
  }

  #pressed = (event) => {
    this.#down = event.isPrimary ? { x: event.clientX, y: event.clientY } : null;
  };

  #released = (event) => {
    const from = this.#down;
    this.#down = null;
    if (!from || !event.isPrimary || this.#paper.zoom > 1) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) {
      this.dispatchEvent(new CustomEvent("turn", { detail: dx < 0 ? 1 : -1 }));
    }
  };
}

function empty({ canvas, element }) {
  // A canvas without size gives its memory back at once, not when it is collected.
  canvas.width = canvas.height = 0;
  element.remove();
}

/** A page's words with their size in points. */
function lettersOf(content) {
  return content.items.filter(({ str }) => str?.trim()).map((one) => ({ ...one, size: Math.hypot(one.transform[0], one.transform[1]) }));
}

/** The page's words, unseen, in their places: read aloud, found by "find in page", and selected. */
function textLayer(content, viewport) {
  const layer = document.createElement("div");
  layer.className = "text-layer";
  for (const { str, transform, width, size: points } of lettersOf(content)) {
    const [left, top] = viewport.convertToViewportPoint(transform[4], transform[5]);
    const size = points * viewport.scale;
    const span = document.createElement("span");
    span.textContent = str;
    Object.assign(span.style, { left: `${left}px`, top: `${top - size}px`, fontSize: `${size}px`, width: `${width * viewport.scale}px` });
    layer.append(span);
  }
  return layer;
}

if (globalThis.customElements && !customElements.get("seoula-paper")) customElements.define("seoula-paper", Paper);
