/**
 * The page that everybody in a meeting follows: fetched of the service as this person may see it, drawn in a frame of its
 * own, turned by who presents; and the list from which he chooses one.
 */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { authorization, useToken } from "#screen/credentials.js";
import { icon } from "#screen/icons.js";
import { language, pick } from "#screen/i18n.js";
import { deeds } from "./state.js";
import { cw, nameOf } from "./words.js";

/** What a page shows changes with the city: it is fetched anew after so long. */
const AGAIN_S = 15;
const MOST_LISTED = 60;
const plain = (text) => String(text ?? "").toLowerCase().replace(/\s+/g, "");

/** Whether this person turns the pages. Pure. */
export const presents = (call) => Boolean(call?.mode === "room" && call.me && (call.presenter === call.me || call.host === call.me));

/** What is to be drawn of the page that is followed: null, "hidden", or "page". ownScreen: this screen itself shows it. Pure. */
export function drawn(call, ownScreen = false) {
  const page = call?.mode === "room" ? call.page : null;
  if (!page || call.follows === false) return null;
  if (page.hidden) return "hidden";
  if (!page.document && !page.panel) return null;
  return ownScreen && page.by === call.me ? null : "page";
}

/** Panels of the catalogue whose name has these letters. Pure. */
export const found = (panels, text) => panels.filter((one) => plain(one.name_ko).includes(plain(text)) || plain(one.name_en).includes(plain(text))).slice(0, MOST_LISTED);

class Following {
  #key = "";
  #at = 0;
  #busy = false;
  /** The language in which it was told last. */
  #told = null;
  body = null;
  failed = false;
  frame = null;

  constructor(calls) {
    this.calls = calls;
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || !this.frame || event.source !== this.frame.contentWindow) return;
      if (event.data?.t === "ready") this.tell();
      else if (event.data?.t === "turn") this.#turn(event.data);
    });
  }

  /** See to it that what is drawn is of this page, and not old. */
  follow(call) {
    const { document: paper, panel, page } = call.page;
    const key = [call.meeting, paper, panel, page].join("/");
    const now = this.calls.deps.now();
    if (this.#told && this.#told !== language()) this.tell();
    if (key !== this.#key) [this.body, this.failed, this.#key, this.#at] = [null, false, key, -AGAIN_S];
    if (this.#busy || now - this.#at < AGAIN_S) return;
    this.#at = now;
    this.#busy = true;
    this.#fetch(call.meeting).then(
      (body) => key === this.#key && ([this.body, this.failed] = [body, false]),
      () => key === this.#key && (this.failed = this.body === null),
    ).finally(() => {
      this.#busy = false;
      if (key !== this.#key) this.#at = -AGAIN_S;
      this.tell();
      this.calls.draw();
    });
  }

  async #fetch(meeting) {
    const { token, display } = this.calls.options;
    useToken(token);
    const answer = await fetch(`/api/v1/meetings/${encodeURIComponent(meeting)}/page${display ? `?display=${encodeURIComponent(display)}` : ""}`, { headers: authorization(), cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /** Let the frame draw it. */
  tell() {
    const { call } = this.calls.state;
    if (!this.body || !call) return;
    this.#told = language();
    this.frame?.contentWindow?.postMessage({ t: "page", ...this.body, token: this.calls.options.token, language: language(), turns: presents(call) }, location.origin);
  }

  #turn({ panel, document: paper, page }) {
    const { call } = this.calls.state;
    if (presents(call)) this.calls.tell("room.page", { panel, ...(paper ? { document: paper } : {}), page });
  }
}

const followings = new WeakMap();
function followingOf(calls) {
  if (!followings.has(calls)) followings.set(calls, new Following(calls));
  return followings.get(calls);
}

/** The frame with the page, or why there is none; nothing where none is followed. */
export function followedPage(calls, { viewOnly = false } = {}) {
  const { call } = calls.state;
  const what = drawn(call, Boolean(calls.options.display) && !viewOnly);
  if (!what) return nothing;
  const by = call.people.find(({ part }) => part === call.page.by);
  const name = call.page.by === call.me ? cw("me") : by ? nameOf({ name_ko: by.name_ko, name_en: by.name_en }) : cw("presenter");
  const caption = html`<figcaption>${icon("book")}<span>${call.page.by === call.me ? cw("followed") : language() === "en" ? `${name} ${cw("followedBy")}` : `${name}${cw("followedBy")}`}</span></figcaption>`;
  if (what === "hidden") return html`<figure class="call-tile followed"><p class="no-page">${icon("lock")}${cw("followedHidden")}</p>${caption}</figure>`;
  const its = followingOf(calls);
  its.follow(call);
  return html`<figure class="call-tile followed" data-key="followed">
    <iframe src="/shown" title=${its.body ? `${cw("followed")}: ${pick(its.body.view, "title")}` : cw("followed")} @load=${(event) => ((its.frame = event.target), its.tell())}></iframe>
    ${its.failed ? html`<p class="no-page" role="alert">${icon("alert")}${cw("followedFailed")}</p>` : its.body ? nothing : html`<p class="no-page" role="status">${cw("followedLoading")}</p>`}
    ${caption}
    ${viewOnly || presents(call) ? nothing : html`<button type="button" class="look-away" @click=${() => follow(calls, false)}>${icon("close")}${cw("lookAway")}</button>`}
  </figure>`;
}

/** Look elsewhere, or at the page again. */
export function follow(calls, on) {
  calls.tell("room.page", { follow: on });
  calls.set(deeds.call(calls.state, { follows: on }));
}

let catalog = null;

/** Choosing what everybody sees. options.here: the panel that this screen itself shows, {panel, item?, page}. */
export function showDrawer({ call }, calls, { ui, set, here = null }) {
  if (!catalog) {
    useToken(calls.options.token);
    catalog = { panels: [], waits: true };
    fetch("/api/v1/catalog", { headers: authorization() }).then((answer) => answer.json()).then((made) => (catalog = { panels: made.panels ?? [] }), () => (catalog = null)).finally(() => set({}));
  }
  const show = (panel, more = {}) => () => {
    calls.tell("room.page", { panel, page: 1, ...more });
    set({ drawer: null });
  };
  const listed = found(catalog?.panels ?? [], ui.find ?? "");
  return html`<p class="hint">${cw("showHint")}</p>
    ${here?.panel ? html`<button type="button" class="action" @click=${show(here.panel, here)}>${icon("screen")}${cw("showThis")}</button>` : nothing}
    ${call.page?.document || call.page?.panel ? html`<button type="button" class="action quiet" @click=${() => (calls.tell("room.page", { off: true }), set({ drawer: null }))}>${icon("close")}${cw("showStop")}</button>` : nothing}
    <label class="find-page">${icon("search")}<span class="unseen">${cw("findPanel")}</span><input type="search" maxlength="40" autocomplete="off" placeholder=${cw("findPanel")} .value=${live(ui.find ?? "")} @input=${(event) => set({ find: event.target.value })} /></label>
    <ul class="party-list pages" data-scroll tabindex="0" aria-label=${cw("show")}>${listed.length
      ? listed.map((one) => html`<li><button type="button" aria-current=${one.id === call.page?.panel ? "true" : nothing} @click=${show(one.id)}><span><b>${pick(one, "name")}</b></span>${icon("right")}</button></li>`)
      : html`<li class="notice">${catalog?.waits ? cw("linking") : cw("noPanel")}</li>`}</ul>`;
}
